# Group differences by rstatix: Welch's analysis, Games-Howell, Dunn, effect sizes. Data that R ships. rstatix rounds Games-Howell's p and
# statistic; what it rounds is compared at the digits it leaves. Run: Rscript make.R
suppressPackageStartupMessages({ library(jsonlite); library(rstatix) })
cols <- function(d) lapply(as.list(d), function(x) if (is.factor(x)) as.character(x) else x)
ft <- function(d, f) { y <- all.vars(f)[1]; g <- all.vars(f)[2]
  gh <- as.data.frame(games_howell_test(d, f, detailed = TRUE)); w <- as.data.frame(welch_anova_test(d, f)); k <- as.data.frame(kruskal_test(d, f)); ke <- as.data.frame(kruskal_effsize(d, f))
  dn <- function(adj) { r <- as.data.frame(dunn_test(d, f, p.adjust.method = adj, detailed = TRUE)); list(a = r$group1, b = r$group2, z = r$statistic, p = r$p, adjusted = r$p.adj, low = NULL) }
  a <- aov(f, d); list(data = cols(d[c(y, g)]), formula = deparse(f),
    games_howell = list(a = gh$group1, b = gh$group2, difference = gh$estimate, low = gh$conf.low, high = gh$conf.high, se = gh$se, q = gh$statistic, df = gh$df, p = gh$p.adj),
    welch = list(F = unname(w$statistic), df1 = w$DFn, df2 = w$DFd, p = w$p), kruskal = list(H = unname(k$statistic), df = k$df, p = k$p, eta2_h = unname(ke$effsize)),
    eta2 = unname(eta_squared(a)), dunn = list(holm = dn("holm"), BH = dn("BH"), bonferroni = dn("bonferroni"))) }
two <- function(d, f, paired = FALSE) { r <- as.data.frame(cohens_d(d, f, var.equal = TRUE)); h <- as.data.frame(cohens_d(d, f, var.equal = TRUE, hedges.correction = TRUE)); w <- as.data.frame(cohens_d(d, f, var.equal = FALSE))
  u <- as.data.frame(wilcox_test(d, f, exact = FALSE)); e <- as.data.frame(wilcox_effsize(d, f)); lv <- as.data.frame(levene_test(d, f)); t <- as.data.frame(t_test(d, f))
  list(data = cols(d[all.vars(f)]), formula = deparse(f), d = unname(r$effsize), g = unname(h$effsize), d_welch = unname(w$effsize), U = unname(u$statistic), p = u$p, r = unname(e$effsize), t = list(t = unname(t$statistic), df = unname(t$df), p = t$p), levene = list(F = lv$statistic, p = lv$p)) }
tab <- unclass(HairEyeColor[, , "Male"]); ac <- as.data.frame(chisq_test(as.table(tab)))
tg <- transform(ToothGrowth, supp = as.character(supp), dose = paste0("d", dose)); air <- transform(na.omit(airquality[c("Ozone", "Month")]), Month = as.character(Month))
write_json(list(versions = list(R = R.version.string, rstatix = as.character(packageVersion("rstatix"))), chick = ft(transform(chickwts, feed = as.character(feed)), weight ~ feed), tooth = ft(tg, len ~ dose), air = ft(air, Ozone ~ Month), sprays = ft(transform(InsectSprays, spray = as.character(spray)), count ~ spray),
  supp = two(tg, len ~ supp), cars = two(transform(mtcars, am = paste0("m", am)), mpg ~ am),
  cramer = list(counts = unname(tab), v = cramer_v(as.table(tab)), chi2 = unname(ac$statistic), p = ac$p)), "values.json", digits = NA, auto_unbox = TRUE, matrix = "rowmajor")
