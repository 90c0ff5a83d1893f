# The package `survey` itself: strata, clusters and finite populations, linearised and replicate errors, post-stratification and raking.
# California's school scores as the package ships them (apistrat, apiclus1), and the simulated communes of ../survey. Run: Rscript make.R
suppressPackageStartupMessages({ library(jsonlite); library(survey) })
options(survey.ultimate.cluster = TRUE, survey.replicates.mse = TRUE); data(api)
ctl <- list(epsilon = 1e-14, maxit = 100)
pair <- function(s, ...) list(value = unname(coef(s)), se = unname(as.vector(SE(s))), low = unname(confint(s, ...)[, 1]), high = unname(confint(s, ...)[, 2]))
model <- function(m) { s <- coef(summary(m)); ci <- confint(m); list(b = unname(s[, 1]), se = unname(s[, 2]), t = unname(s[, 3]), p = unname(s[, 4]), df = m$df.residual, low = unname(ci[, 1]), high = unname(ci[, 2])) }
estimates <- function(d, y, z, g, b, linear, logit) {
  k <- degf(d); f <- function(...) as.formula(paste0("~", ...)); m <- svymean(f(y), d, deff = "replace"); s <- svymean(f(g), d, deff = "replace"); r <- svyratio(f(y), f(z), d)
  by <- svyby(f(y), f(g), d, svymean)
  list(df = k, mean = c(pair(m, df = k), list(deff = unname(deff(m)))), deff_without = unname(deff(svymean(f(y), d, deff = TRUE))), share = c(pair(s, df = k), list(deff = unname(deff(s)))),
    total = pair(svytotal(f(y), d), df = k), ratio = list(value = unname(coef(r)), se = unname(SE(r))), by = list(value = unname(coef(by)), se = unname(SE(by))),
    ols = model(svyglm(as.formula(linear), d)), logit = model(svyglm(as.formula(logit), d, family = quasibinomial, control = ctl))) }
error_of <- function(formula, r, family) { f <- as.formula(formula); m <- svyglm(f, design = r, family = family, control = ctl); unname(SE(m)) }
replicate_errors <- function(r, y, z, linear, logit) list(mean = unname(as.vector(SE(svymean(as.formula(paste0("~", y)), r)))), ratio = unname(as.vector(SE(svyratio(as.formula(paste0("~", y)), as.formula(paste0("~", z)), r)))),
  ols = error_of(linear, r, gaussian()), logit = error_of(logit, r, quasibinomial()))
calibrated <- function(d, y, linear) { m <- svymean(as.formula(paste0("~", y)), d); list(weights = unname(weights(d)), mean = list(value = unname(coef(m)), se = unname(as.vector(SE(m)))), ols = list(b = unname(coef(g <- svyglm(as.formula(linear), d))), se = unname(SE(g)))) }
calibrated_jk <- function(r, y, linear) list(mean = unname(as.vector(SE(svymean(as.formula(paste0("~", y)), r)))), ols = error_of(linear, r, gaussian()))
cols <- function(d) lapply(as.list(d), function(x) if (is.factor(x)) as.character(x) else x)
counts <- function(v) as.list(setNames(as.numeric(table(v)), names(table(v))))
# schools drawn within strata, without replacement
a <- apistrat[c("stype", "fpc", "pw", "api00", "api99", "ell", "meals", "awards", "sch.wide")]; names(a)[9] <- "wide"
ds <- svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = a)
lin <- "api00 ~ ell + meals + awards"; lgt <- "I(wide == 'Yes') ~ ell + meals"
js <- as.svrepdesign(ds, type = "JKn")
margins <- list(awards = counts(apipop$awards), wide = counts(apipop$sch.wide))
frame_of <- function(name) setNames(data.frame(names(margins[[name]]), unlist(margins[[name]])), c(name, "Freq"))
raking <- function(d) calibrate(d, ~ awards + wide, c(`(Intercept)` = nrow(apipop), awardsYes = margins$awards$Yes, wideYes = margins$wide$Yes), calfun = "raking", epsilon = 1e-13, maxit = 200)
strat <- c(list(data = cols(a), margins = margins), estimates(ds, "api00", "api99", "awards", "wide", lin, lgt), list(JKn = replicate_errors(js, "api00", "api99", lin, lgt),
  post = calibrated(postStratify(ds, ~awards, frame_of("awards")), "api00", lin), raked = calibrated(raking(ds), "api00", lin),
  post_JKn = calibrated_jk(postStratify(js, ~awards, frame_of("awards")), "api00", lin),
  rake_weights = unname(weights(rake(ds, list(~awards, ~wide), list(frame_of("awards"), frame_of("wide")), control = list(maxit = 500, epsilon = 1e-10))))))
# whole districts drawn without strata
b <- apiclus1[c("dnum", "fpc", "pw", "api00", "api99", "ell", "meals", "awards", "sch.wide")]; names(b)[9] <- "wide"
dc <- svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = b); free <- svydesign(id = ~dnum, weights = ~pw, data = b)
j1 <- as.svrepdesign(dc, type = "JK1")
clus <- c(list(data = cols(b)), estimates(dc, "api00", "api99", "awards", "wide", lin, lgt), list(bootstrap = { set.seed(20240301); as.vector(SE(svymean(~api00, as.svrepdesign(free, type = "subbootstrap", replicates = 4000)))) }, JK1 = replicate_errors(j1, "api00", "api99", lin, lgt), free = estimates(free, "api00", "api99", "awards", "wide", lin, lgt),
  post = calibrated(postStratify(dc, ~awards, frame_of("awards")), "api00", lin), raked = calibrated(raking(dc), "api00", lin)))
# communes within strata, unequal weights
x <- as.data.frame(fromJSON("../survey/values.json")$data); names(x)[names(x) == "g"] <- "kind" # svyglm takes a column g for its own call
dx <- svydesign(id = ~c, strata = ~h, weights = ~w, fpc = ~N, nest = TRUE, data = x); jx <- as.svrepdesign(dx, type = "JKn")
communes <- c(list(data = cols(x)), estimates(dx, "y", "z", "kind", "b", "y ~ a + kind", "b ~ a"), list(JKn = replicate_errors(jx, "y", "z", "y ~ a + kind", "b ~ a")))
write_json(list(versions = list(R = R.version.string, survey = as.character(packageVersion("survey"))), strat = strat, clus = clus, communes = communes), "values.json", digits = NA, auto_unbox = TRUE)
