# Cumulative link models by ordinal::clm: wine (bitterness, ships with ordinal), infert's education (ships with R), and the simulated answers of
# ../likelihood; likelihood ratios of nominal effects (what nominal_test does, written out). Run: Rscript make.R
suppressPackageStartupMessages({ library(jsonlite); library(ordinal) })
ctl <- clm.control(gradTol = 1e-12, maxIter = 200)
of <- function(f, d, link) { .f <<- f; .d <<- d; .l <<- link; m <- clm(.f, data = .d, link = .l, control = ctl); s <- coef(summary(m)); ci <- confint.default(m)
  k <- length(m$alpha); terms <- labels(terms(f))
  freed <- lapply(terms, function(t) { .n <<- reformulate(t); .r <<- update(f, paste("~ . -", t)); clm(.r, nominal = .n, data = .d, link = .l, control = ctl) })
  lr <- sapply(freed, function(u) 2 * as.numeric(logLik(u) - logLik(m))); df <- sapply(freed, function(u) attr(logLik(u), "df") - attr(logLik(m), "df"))
  list(thresholds = unname(s[1:k, 1]), threshold_se = unname(s[1:k, 2]), b = unname(s[-(1:k), 1]), se = unname(s[-(1:k), 2]), z = unname(s[-(1:k), 3]), p = unname(s[-(1:k), 4]), low = unname(ci[-(1:k), 1]), high = unname(ci[-(1:k), 2]),
    loglik = as.numeric(logLik(m)), aic = AIC(m), nominal = list(term = terms, lr = lr, df = df, p = pchisq(lr, df, lower.tail = FALSE))) }
both <- function(f, d) list(logit = of(f, d, "logit"), probit = of(f, d, "probit"))
data(wine); w <- data.frame(rating = wine$rating, temp = as.character(wine$temp), contact = as.character(wine$contact))
d <- as.data.frame(fromJSON("../likelihood/values.json")$data)[c("o", "a", "b", "g")]; d$f <- factor(d$o)
i <- infert[c("education", "age", "parity", "induced")]
cols <- function(d) lapply(as.list(d), function(x) if (is.factor(x)) as.integer(x) else x)
write_json(list(versions = list(R = R.version.string, ordinal = as.character(packageVersion("ordinal"))),
  wine = c(list(data = cols(w), formula = "rating ~ temp + contact"), both(rating ~ temp + contact, w)),
  simulated = c(list(data = cols(d[c("o", "a", "b", "g")]), formula = "o ~ a + b + g"), both(f ~ a + b + g, d)),
  infert = c(list(data = cols(i), formula = "education ~ age + parity + induced"), both(education ~ age + parity + induced, i))), "values.json", digits = NA, auto_unbox = TRUE)
