# Random intercepts and slopes by lme4 and Satterthwaite's degrees of freedom by lmerTest, on sleepstudy and on generated answers
# in 20 groups; crossed groups on Penicillin. Run: Rscript make.R
library(jsonlite); suppressPackageStartupMessages({ library(lme4); library(lmerTest) })
ctl <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12, maxfun = 1e5))
one <- function(f, d, reml = TRUE) { m <- lmerTest::lmer(f, d, REML = reml, control = ctl); s <- coef(summary(m)); v <- as.data.frame(VarCorr(m))
  list(b = unname(s[, 1]), se = unname(s[, 2]), df = unname(s[, 3]), p = unname(s[, 5]), theta = unname(getME(m, "theta")), variances = v$vcov, deviance = -2 * as.numeric(logLik(m)), aic = AIC(m), bic = BIC(m), singular = isSingular(m)) }
set.seed(20240301); u <- rep(1:20, sample(3:12, 20, TRUE)); n <- length(u)
d <- data.frame(u = u, a = rnorm(20)[u] * .7 + rnorm(n), g = sample(c("x", "y"), n, TRUE)); d$y <- .5 * d$a + .8 * rnorm(20)[u] + .4 * rnorm(20)[u] * d$a + .3 * (d$g == "y") + rnorm(n)
d$flat <- d$y - ave(d$y, d$u) + d$a
write_json(list(versions = list(R = R.version.string, lme4 = as.character(packageVersion("lme4")), lmerTest = as.character(packageVersion("lmerTest"))),
  sleep = list(Reaction = sleepstudy$Reaction, Days = sleepstudy$Days, Subject = as.character(sleepstudy$Subject)), data = as.list(d),
  penicillin = list(diameter = Penicillin$diameter, plate = as.character(Penicillin$plate), sample = as.character(Penicillin$sample)),
  sleep_1 = one(Reaction ~ Days + (1 | Subject), sleepstudy), sleep_1_ml = one(Reaction ~ Days + (1 | Subject), sleepstudy, FALSE), sleep_2 = one(Reaction ~ Days + (1 + Days | Subject), sleepstudy),
  data_1 = one(y ~ a + g + (1 | u), d), data_2 = one(y ~ a + g + (1 + a | u), d), flat = one(flat ~ a + (1 | u), d), crossed = one(diameter ~ 1 + (1 | plate) + (1 | sample), Penicillin)),
  "values.json", digits = NA, auto_unbox = TRUE, na = "null")
