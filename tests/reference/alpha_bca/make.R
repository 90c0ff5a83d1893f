# BCa interval of Cronbach's alpha by boot (20,000 resamples), on skewed answers generated here; the Monte-Carlo standard error
# is that of limits from 2,000 resamples, from ten such runs. Run: Rscript make.R
library(jsonlite); library(boot)
set.seed(20240305)
n <- 80
trait <- rnorm(n)
x <- sapply(1:5, function(i) pmin(5, pmax(1, round(exp(.5 * trait + .5 * rnorm(n))))))
colnames(x) <- paste0("q", 1:5)
a <- function(d, i) { C <- cov(d[i, ]); k <- ncol(C); k / (k - 1) * (1 - sum(diag(C)) / sum(C)) }
limits <- function(R) { b <- boot(x, a, R); boot.ci(b, type = "bca", L = empinf(data = x, statistic = a, stype = "i", type = "jack"))$bca[4:5] }
runs <- replicate(10, limits(2000))
out <- list(versions = list(R = R.version.string, boot = as.character(packageVersion("boot"))), data = as.list(as.data.frame(x)), n = n,
            alpha = a(x, 1:n), bca = limits(20000), monte_carlo_se = max(apply(runs, 1, sd)))
write_json(out, "values.json", digits = NA, auto_unbox = TRUE, na = "null", pretty = TRUE)
