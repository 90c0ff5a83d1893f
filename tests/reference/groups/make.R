# t tests, analysis of variance, Levene, Kruskal-Wallis, post hoc tests; data that R ships. Run: Rscript make.R
library(jsonlite)
suppressPackageStartupMessages(library(car))
cols <- function(d) lapply(as.list(d), function(x) if (is.factor(x)) as.character(x) else x)
t_of <- function(t) list(t = unname(t$statistic), df = unname(t$parameter), p = t$p.value, low = t$conf.int[1], high = t$conf.int[2])
ncp <- function(t, df, p) uniroot(function(d) suppressWarnings(pt(t, df, d)) - p, t + c(-8, 8), tol = 1e-13)$root
ncf <- function(f, a, b, p) if (pf(f, a, b) <= p) 0 else uniroot(function(d) pf(f, a, b, d) - p, c(0, 500), tol = 1e-12)$root
d_of <- function(t, df, unit) { j <- exp(lgamma(df / 2) - lgamma((df - 1) / 2)) / sqrt(df / 2)
  d <- unit * c(t, ncp(t, df, .975), ncp(t, df, .025)); list(d = d, g = j * d) }
tg <- transform(ToothGrowth, supp = as.character(supp))
a <- split(tg$len, tg$supp); n <- lengths(a); v <- sapply(a, var)
pooled <- t.test(len ~ supp, tg, var.equal = TRUE); welch <- t.test(len ~ supp, tg)
wide <- reshape(transform(sleep, ID = as.character(ID)), idvar = "ID", timevar = "group", direction = "wide")
paired <- t.test(wide$extra.1, wide$extra.2, paired = TRUE)
ch <- chickwts; fit <- aov(weight ~ feed, ch); tab <- anova(fit)
f <- tab[1, 4]
eta <- function(level) { l <- c(ncf(f, 5, 65, 1 - (1 - level) / 2), ncf(f, 5, 65, (1 - level) / 2)); l / (l + 65) }
tk <- TukeyHSD(fit)$feed
pairs <- combn(levels(ch$feed), 2)
gh <- t(apply(pairs, 2, function(p) { x <- ch$weight[ch$feed == p[1]]; y <- ch$weight[ch$feed == p[2]]
  e <- c(var(x) / length(x), var(y) / length(y)); df <- sum(e)^2 / (e[1]^2 / (length(x) - 1) + e[2]^2 / (length(y) - 1))
  d <- mean(x) - mean(y); q <- abs(d) / sqrt(sum(e)) * sqrt(2); half <- qtukey(.95, 6, df) * sqrt(sum(e) / 2)
  c(d, sqrt(sum(e)), df, d - half, d + half, ptukey(q, 6, df, lower.tail = FALSE)) }))
bonf <- pairwise.t.test(ch$weight, ch$feed, p.adjust.method = "bonferroni")$p.value
lev <- function(center) { l <- leveneTest(weight ~ feed, ch, center = center); list(F = l[1, 2], df = l$Df, p = l[1, 3]) }
w <- oneway.test(weight ~ feed, ch); k <- kruskal.test(weight ~ feed, ch); ka <- kruskal.test(Ozone ~ Month, airquality)
out <- list(
  versions = list(R = R.version.string, car = as.character(packageVersion("car"))),
  tooth = list(data = cols(tg[c("len", "supp")]), pooled = t_of(pooled), welch = t_of(welch),
    pooled_d = d_of(unname(pooled$statistic), 58, sqrt(sum(1 / n))),
    welch_d = d_of(unname(welch$statistic), unname(welch$parameter), sqrt(sum(v / n)) / sqrt(mean(v)))),
  sleep = list(data = list(a = wide$extra.1, b = wide$extra.2), paired = t_of(paired), d = d_of(unname(paired$statistic), 9, 1 / sqrt(10))),
  one = list(data = list(rating = attitude$rating), mu = 60, t = t_of(t.test(attitude$rating, mu = 60))),
  chick = list(data = cols(ch), ss = tab[, 2], df = tab[, 1], F = f, p = tab[1, 5], eta = f * 5 / (f * 5 + 65), eta95 = eta(.95), eta90 = eta(.9),
    welch = list(F = unname(w$statistic), df = unname(w$parameter), p = w$p.value), levene_mean = lev(mean), levene_median = lev(median),
    kruskal = list(H = unname(k$statistic), df = unname(k$parameter), p = k$p.value),
    tukey = list(pair = rownames(tk), value = unname(tk)), games_howell = list(a = pairs[1, ], b = pairs[2, ], value = unname(gh)),
    bonferroni = list(a = colnames(bonf), b = rownames(bonf), p = unname(bonf))),
  air = list(data = cols(airquality[c("Ozone", "Month")]), H = unname(ka$statistic), p = ka$p.value)
)
write_json(out, "values.json", digits = NA, auto_unbox = TRUE, na = "null", pretty = FALSE)
