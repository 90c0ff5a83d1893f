# Ranks, two-way analysis of variance, exact tests, equivalence, adjusted p; data that R ships. Run: Rscript make.R
library(jsonlite)
suppressPackageStartupMessages(library(car))
cols <- function(d) lapply(as.list(d), function(x) if (is.factor(x)) as.character(x) else x)
counts <- function(t) list(counts = unname(unclass(as.matrix(t))))
# ranks
small <- data.frame(y = c(1.1, 2.3, 2.9, 4.2, 5.0, 0.4, 3.3, 6.1, 7.2, 8.8, 9.1), g = rep(c("a", "b"), c(5, 6)))
tg <- transform(ToothGrowth, supp = as.character(supp))
wt <- function(f, d, ...) { t <- suppressWarnings(wilcox.test(f, d, ...)); list(U = unname(t$statistic), p = t$p.value) }
n <- table(tg$supp); r <- rank(tg$len); ties <- table(tg$len); N <- sum(n)
z <- (sum(r[tg$supp == "OJ"]) - n[["OJ"]] * (N + 1) / 2) / sqrt(prod(n) / 12 * (N + 1 - sum(ties^3 - ties) / (N * (N - 1))))
air <- na.omit(airquality[c("Ozone", "Month")])
R <- rank(air$Ozone); m <- tapply(R, air$Month, mean); k <- table(air$Month); N <- nrow(air); t <- table(air$Ozone)
pairs <- combn(names(m), 2)
zs <- apply(pairs, 2, function(p) (m[[p[1]]] - m[[p[2]]]) /
  sqrt((N * (N + 1) / 12 - sum(t^3 - t) / (12 * (N - 1))) * (1 / k[[p[1]]] + 1 / k[[p[2]]])))
p <- 2 * pnorm(-abs(zs))
# Brown and Forsythe's F*: from the definition
bf <- function(y, g) { n <- tapply(y, g, length); v <- tapply(y, g, var); a <- tapply(y, g, mean); N <- sum(n)
  part <- (1 - n / N) * v; f <- sum(n * (a - mean(y))^2) / sum(part); d <- sum(part)^2 / sum(part^2 / (n - 1))
  list(F = f, df2 = d, p = pf(f, length(n) - 1, d, lower.tail = FALSE)) }
# two-way, unequal cells
wb <- warpbreaks[-c(1, 2, 3, 20, 21, 40), ]; wb <- transform(wb, wool = as.character(wool), tension = as.character(tension))
fit <- lm(breaks ~ wool * tension, wb, contrasts = list(wool = contr.sum, tension = contr.sum))
plus <- lm(breaks ~ wool + tension, wb)
av <- function(m, type) { a <- as.data.frame(Anova(m, type = type)); a <- a[rownames(a) != "(Intercept)", ]; list(source = rownames(a), ss = a[, 1], df = a[, 2], F = a[, 3], p = a[, 4]) }
ncf <- function(f, a, b, p) if (pf(f, a, b) <= p) 0 else uniroot(function(d) pf(f, a, b, d) - p, c(0, 500), tol = 1e-12)$root
three <- av(fit, 3)
low <- mapply(function(f, a) { l <- ncf(f, a, 42, .975); l / (l + 42) }, three$F[1:3], three$df[1:3])
high <- mapply(function(f, a) { l <- ncf(f, a, 42, .025); l / (l + 42) }, three$F[1:3], three$df[1:3])
# exact
job <- matrix(c(1, 2, 1, 0, 3, 3, 6, 1, 10, 10, 14, 9, 6, 7, 12, 11), 4, 4)
hair <- margin.table(HairEyeColor, c(1, 2))
tea <- matrix(c(3, 1, 1, 3), 2); cars <- unclass(table(mtcars$cyl, mtcars$gear)); two <- unclass(table(mtcars$am, mtcars$vs))
fe <- function(t, ...) { f <- fisher.test(t, workspace = 2e7, ...); c(counts(t), list(p = f$p.value),
  if (all(dim(t) == 2)) list(odds = unname(f$estimate), low = f$conf.int[1], high = f$conf.int[2])) }
# equivalence
os <- function(d, mu, alt, ...) t.test(len ~ supp, tg, mu = mu, alternative = alt, ...)
wide <- reshape(transform(sleep, ID = as.character(ID)), idvar = "ID", timevar = "group", direction = "wide")
tost <- function(f, e, ci) list(margin = e, low = f(-e, "greater")$p.value, high = f(e, "less")$p.value, ci = as.numeric(ci$conf.int))
v <- tapply(tg$len, tg$supp, var)
eq <- list(welch = tost(function(m, a) os(tg, m, a), 6, t.test(len ~ supp, tg, conf.level = .9)),
  pooled = tost(function(m, a) os(tg, m, a, var.equal = TRUE), 6, t.test(len ~ supp, tg, var.equal = TRUE, conf.level = .9)),
  sd = tost(function(m, a) os(tg, m, a, var.equal = TRUE), sqrt(mean(v)), t.test(len ~ supp, tg, var.equal = TRUE, conf.level = .9)),
  paired = tost(function(m, a) t.test(wide$extra.1, wide$extra.2, paired = TRUE, mu = m, alternative = a), 2.5,
    t.test(wide$extra.1, wide$extra.2, paired = TRUE, conf.level = .9)))
ps <- c(0.001, 0.04, 0.03, 0.2, 0.03, 0.9, 0.5)
out <- list(
  versions = list(R = R.version.string, car = as.character(packageVersion("car"))),
  small = c(list(data = cols(small)), wt(y ~ g, small)), tooth = list(data = cols(tg[c("len", "supp")]), normal = wt(len ~ supp, tg, exact = FALSE), z = unname(z)),
  dunn = list(data = cols(air), a = pairs[1, ], b = pairs[2, ], z = zs, p = p, holm = p.adjust(p, "holm"), bh = p.adjust(p, "BH"), bonferroni = p.adjust(p, "bonferroni")),
  brown_forsythe = bf(chickwts$weight, chickwts$feed), chick = cols(chickwts),
  two_way = list(data = cols(wb), III = c(three, list(low = low, high = high)), II = av(fit, 2), plus = av(plus, 2), r2 = summary(fit)$r.squared),
  fisher = list(job = fe(job), tea = fe(tea), cars = fe(cars), two = fe(two), hair = c(counts(hair))),
  tost = c(eq, list(sleep = list(a = wide$extra.1, b = wide$extra.2))),
  adjust = list(p = ps, holm = p.adjust(ps, "holm"), bh = p.adjust(ps, "BH"), bonferroni = p.adjust(ps, "bonferroni"))
)
write_json(out, "values.json", digits = NA, auto_unbox = TRUE, na = "null", pretty = FALSE)
