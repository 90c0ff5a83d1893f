# Intraclass correlations by psych (Shrout & Fleiss's own table, typed; a table with holes) and lme4. Run: Rscript make.R
library(jsonlite)
suppressPackageStartupMessages({ library(psych); library(lme4) })
judges <- data.frame(J1 = c(9, 6, 8, 7, 10, 6), J2 = c(2, 1, 4, 1, 5, 2), J3 = c(5, 3, 6, 2, 6, 4), J4 = c(8, 2, 8, 6, 9, 7))
n <- 24; k <- 5 # scores made by a rule, so that the script holds its data
x <- outer(1:n, 1:k, function(i, j) 3 + 2 * sin(1.7 * i) + 0.8 * cos(2.3 * j) + 1.2 * sin(0.9 * i * j + j))
x <- round(x, 2)
holes <- x; for (i in 1:n) holes[i, 1 + (i * 2) %% k] <- NA; holes[3, 1:2] <- NA; holes[10, 4:5] <- NA
form <- function(r) lapply(split(r$results, seq_len(nrow(r$results))), function(l) unname(unlist(l[c("ICC", "F", "df1", "df2", "p", "lower bound", "upper bound")])))
psych_of <- function(d, ...) { r <- suppressMessages(ICC(d, ...)); f <- form(r); names(f) <- r$results$type; f }
long <- data.frame(score = as.vector(holes), target = factor(rep(1:n, k)), rater = factor(rep(1:k, each = n)))
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10), calc.derivs = FALSE)
fit <- lmer(score ~ 1 + (1 | target) + (1 | rater), long, control = tight)
full <- anova(lm(score ~ rater + target, long)); one <- anova(lm(score ~ target, long))
one_fit <- lmer(score ~ 1 + (1 | target), long, control = tight)
vc <- function(f) { v <- as.data.frame(VarCorr(f)); setNames(as.list(v$vcov), v$grp) }
s <- vc(fit); b <- k * s$target + s$Residual; w <- s$Residual + s$rater; j <- n * s$rater + s$Residual; e <- s$Residual
values <- c((b - w) / (b + (k - 1) * w), (b - e) / (b + (k - 1) * e + k * (j - e) / n), (b - e) / (b + (k - 1) * e),
  (b - w) / b, (b - e) / (b + (j - e) / n), (b - e) / b) # psych's formulas on lme4's components
# exact pivot of the ratio of variances (Seely & El-Bassiouni), by dense matrices
pivot <- function(xm, ratio) { ok <- !is.na(long$score); y <- long$score[ok]; z <- model.matrix(~ target - 1, long[ok, ])
  v <- diag(length(y)) + ratio * z %*% t(z); vi <- solve(v); xo <- xm[ok, , drop = FALSE]
  p <- vi - vi %*% xo %*% solve(t(xo) %*% vi %*% xo) %*% t(xo) %*% vi
  q <- qr(cbind(xo, z)); sse <- sum(qr.resid(q, y)^2); df1 <- q$rank - ncol(xo); df2 <- length(y) - q$rank
  (c(t(y) %*% p %*% y) - sse) / df1 / (sse / df2) }
interval <- function(xm) { ok <- !is.na(long$score); z <- model.matrix(~ target - 1, long[ok, ]); r <- qr(cbind(xm[ok, , drop = FALSE], z))$rank
  df1 <- r - ncol(xm); df2 <- sum(ok) - r
  sapply(c(.975, .025), function(p) { u <- uniroot(function(t) pivot(xm, t) - qf(p, df1, df2), c(-0.15, 50), tol = 1e-12)$root; u / (1 + u) }) }
out <- list(
  versions = list(R = R.version.string, psych = as.character(packageVersion("psych")), lme4 = as.character(packageVersion("lme4"))),
  shrout_fleiss = list(data = judges, printed = c(.17, .29, .71, .44, .62, .91), forms = psych_of(judges, lmer = FALSE), forms90 = psych_of(judges, lmer = FALSE, alpha = .10)),
  built = list(data = as.data.frame(x), forms = psych_of(as.data.frame(x), lmer = FALSE)),
  holes = list(data = as.data.frame(holes), components = s, values = values, psych = unname(sapply(psych_of(as.data.frame(holes)), `[`, 1)), deviance = REMLcrit(fit),
    F1 = one$F[1], df1 = one$Df, F3 = full$F[2], df3 = full$Df[2:3], low_high1 = interval(matrix(1, nrow(long), 1)), low_high3 = interval(model.matrix(~ rater - 1, long)),
    one_way = vc(one_fit))
)
write_json(out, "values.json", digits = NA, auto_unbox = TRUE, na = "null", pretty = FALSE, dataframe = "columns")
