# Ordinal alpha by psych and, with its error, by lavaan; omega of one factor by lavaan's WLSMV; Green and Yang's categorical
# omega by its formula from lavaan's loadings, thresholds and polychorics with pbivnorm. Run: Rscript make.R
library(jsonlite)
suppressPackageStartupMessages({library(lavaan); library(psych); library(pbivnorm)})
set.seed(20240306)
n <- 350; k <- 5
trait <- rnorm(n); loads <- c(.8, .7, .6, .75, .5)
cut_at <- list(c(-1, .2, 1), c(.4, 1.1, 1.7), c(-1.5, -.8, -.2), c(-.6, .1, .7), c(.3, .8, 1.4))
x <- as.data.frame(sapply(1:k, function(i) findInterval(loads[i] * trait + sqrt(1 - loads[i]^2) * rnorm(n), cut_at[[i]]) + 1))
names(x) <- paste0("q", 1:k)
alpha_psych <- suppressMessages(suppressWarnings(psych::alpha(polychoric(x, correct = 0)$rho)))$total$std.alpha

pairs <- t(combn(k, 2)); tag <- paste0("r", pairs[, 1], pairs[, 2])
free <- c(sprintf("q%d ~~ %s*q%d", pairs[, 1], tag, pairs[, 2]),
          sprintf("alpha := %d / %d * (1 - %d / (%d + 2 * (%s)))", k, k - 1, k, k, paste(tag, collapse = " + ")))
saturated <- cfa(paste(free, collapse = "\n"), x, ordered = names(x), estimator = "WLSMV")
one <- function(fit, name) { p <- parameterEstimates(fit); p <- p[p$lhs == name & p$op == ":=", ]; list(value = p$est, se = p$se) }

l <- paste0("l", 1:k); s <- paste(l, collapse = " + "); u <- paste(sprintf("(1 - %s^2)", l), collapse = " + ")
single <- cfa(paste0("f =~ ", paste(sprintf("%s*q%d", l, 1:k), collapse = " + "), "\nomega := (", s, ")^2 / ((", s, ")^2 + ", u, ")"),
              x, ordered = names(x), estimator = "WLSMV", std.lv = TRUE)
e <- lavInspect(single, "est"); lambda <- as.numeric(e$lambda); ss <- lavInspect(single, "sampstat")
th <- split(as.numeric(ss$th), rep(1:k, each = 3)); R <- unclass(ss$cov)
covariance <- function(i, j, r) {
  g <- expand.grid(a = th[[i]], b = th[[j]])
  both <- if (r >= 1) pmin(pnorm(g$a), pnorm(g$b)) else pbivnorm(g$a, g$b, r)
  sum(both - pnorm(g$a) * pnorm(g$b))
}
total <- function(M) sum(outer(1:k, 1:k, Vectorize(function(i, j) covariance(i, j, M[i, j]))))
out <- list(versions = list(R = R.version.string, lavaan = as.character(packageVersion("lavaan")), psych = as.character(packageVersion("psych")),
                            pbivnorm = as.character(packageVersion("pbivnorm"))), data = as.list(x), n = n,
            alpha_psych = alpha_psych, alpha = one(saturated, "alpha"), omega = one(single, "omega"), loadings = lambda,
            categorical = total(outer(lambda, lambda)) / total(R))
write_json(out, "values.json", digits = NA, auto_unbox = TRUE, na = "null", pretty = FALSE)
