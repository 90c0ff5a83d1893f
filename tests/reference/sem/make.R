# CFA and SEM by lavaan: the cases that the shared reference values do not hold. Data: Holzinger & Swineford (1939) and
# Political Democracy as lavaan ships them, and variables made here by fixed formulas. Run: Rscript make.R
library(jsonlite)
suppressPackageStartupMessages(library(lavaan))
tight <- list(rel.tol = 1e-12)
rows <- function(f) { p <- as.data.frame(parameterEstimates(f, standardized = TRUE)); s <- standardizedSolution(f)
  if (is.null(p$group)) p$group <- 1; if (is.null(p$label)) p$label <- ""
  data.frame(lhs = p$lhs, op = p$op, rhs = p$rhs, group = p$group, label = p$label, est = p$est, se = p$se, std = p$std.all, std_se = s$se) }
keep <- c("npar", "chisq", "df", "pvalue", "baseline.chisq", "baseline.df", "cfi", "tli", "rfi", "nfi", "pnfi", "ifi", "rni", "logl", "unrestricted.logl",
  "aic", "bic", "bic2", "rmsea", "rmsea.ci.lower", "rmsea.ci.upper", "rmsea.pvalue", "rmr", "srmr", "crmr", "srmr_mplus", "gfi", "agfi", "pgfi", "mfi", "ecvi",
  "cn_05", "cn_01", "chisq.scaled", "df.scaled", "pvalue.scaled", "chisq.scaling.factor", "baseline.chisq.scaled", "baseline.chisq.scaling.factor",
  "cfi.scaled", "tli.scaled", "rmsea.scaled", "rmsea.ci.lower.scaled", "rmsea.ci.upper.scaled", "cfi.robust", "tli.robust", "rmsea.robust",
  "rmsea.ci.lower.robust", "rmsea.ci.upper.robust")
one <- function(f) { message(f@Options$estimator, " ", lavInspect(f, "converged")); m <- (if (lavInspect(f, "converged")) fitMeasures(f) else c(npar = NA)); m <- m[intersect(keep, names(m))]; list(par = rows(f), fit = as.list(unclass(m)), converged = lavInspect(f, "converged")) }
fit <- function(model, data, ...) { f <- suppressWarnings(sem(model, data, control = tight, ...)); if (!lavInspect(f, "converged")) f <- suppressWarnings(sem(model, data, ...)); f }
HS <- HolzingerSwineford1939; PD <- PoliticalDemocracy
hs <- "visual =~ x1+x2+x3\ntextual =~ x4+x5+x6\nspeed =~ x7+x8+x9"
pd <- "ind60 =~ x1+x2+x3\ndem60 =~ y1+a*y2+b*y3+c*y4\ndem65 =~ y5+a*y6+b*y7+c*y8\ndem60 ~ p*ind60\ndem65 ~ d*ind60+q*dem60
y1~~y5\ny2~~y4+y6\ny3~~y7\ny4~~y8\ny6~~y8\nindirect := p*q\ntotal := d + p*q\nratio := (p/q)^2 - 3"
models <- list(
  second_order = list("visual =~ x1+x2+x3\ntextual =~ x4+x5+x6\nspeed =~ x7+x8+x9\ng =~ visual+textual+speed", HS),
  orthogonal = list(paste(hs, "\nvisual ~~ 0*textual + 0*speed\ntextual ~~ 0*speed"), HS),
  equal_labels = list(pd, PD),
  freed = list("visual =~ NA*x1+x2+x3\nvisual ~~ 1*visual\ntextual =~ x4+0.9*x5+x6\nvisual ~~ textual", HS),
  path = list("y1 ~ x1 + x2\ny5 ~ y1 + x1", PD),
  path_means = list("y1 ~ x1 + x2\ny5 ~ y1 + x1\ny5 ~ 1", PD),
  mimic = list("dem60 =~ y1+y2+y3+y4\ndem60 ~ x1 + x2 + x3", PD),
  two_outcomes = list("dem60 =~ y1+y2+y3+y4\nind60 =~ x1+x2+x3\ny5 ~ ind60\ndem60 ~ ind60\ny6 ~ dem60", PD),
  single = list("ind60 =~ x1\ndem60 =~ y1+y2+y3+y4\ndem60 ~ ind60", PD),
  means = list(paste(hs, "\nx1 ~ 1\nx2 ~ 5*1\nx3 ~ start(2)*1"), HS))
out <- lapply(models, function(m) one(fit(m[[1]], m[[2]])))
for (name in names(models)) { out[[name]]$model <- models[[name]][[1]]; out[[name]]$data <- if (identical(models[[name]][[2]], HS)) "HS" else "PD" }
out$group_labels <- one(fit("visual =~ x1+c(a,b)*x2+c(v,v)*x3\ntextual =~ x4+x5+c(1.1,NA)*x6\nd := a - b", HS, group = "school"))
out$group_labels$model <- "visual =~ x1+c(a,b)*x2+c(v,v)*x3\ntextual =~ x4+x5+c(1.1,NA)*x6\nd := a - b"
out$group_equal <- one(fit(hs, HS, group = "school", std.lv = TRUE, group.equal = c("loadings", "intercepts")))
out$group_partial <- one(fit(hs, HS, group = "school", group.equal = c("loadings", "intercepts"), group.partial = c("x3 ~ 1", "x7 ~ 1")))
for (e in c("GLS", "ULS")) out[[e]] <- one(fit(hs, HS, estimator = e))
out$GLS_means <- one(fit(hs, HS, estimator = "GLS", meanstructure = TRUE))
out$ULS_means <- one(fit(hs, HS, estimator = "ULS", meanstructure = TRUE))
for (e in c("MLR", "MLM", "MLMV")) out[[e]] <- one(fit(pd, PD, estimator = e))
for (e in c("MLR", "MLM", "MLMV")) out[[paste0(e, "_groups")]] <- one(fit(hs, HS, estimator = e, group = "school", group.equal = c("loadings", "intercepts")))
out$wishart_groups <- one(fit(hs, HS, likelihood = "wishart", group = "school"))
hole <- HS; for (j in 7:15) hole[(seq_len(nrow(HS)) * 7 + j * 11) %% 9 == 0, j] <- NA   # a fixed pattern, no chance
out$fiml_groups <- one(fit(hs, hole, missing = "fiml", group = "school", group.equal = "loadings"))
out$mlr_fiml_groups <- one(fit(hs, hole, missing = "fiml", estimator = "MLR", group = "school", group.equal = "loadings"))
f <- fit(hs, HS)
mi <- modificationIndices(f); out$mi <- data.frame(lhs = mi$lhs, op = mi$op, rhs = mi$rhs, mi = mi$mi, epc = mi$epc, sepc = mi$sepc.all)
mi <- modificationIndices(fit(pd, PD)); mi <- mi[mi$op != "==", ]; out$mi_sem <- data.frame(lhs = mi$lhs, op = mi$op, rhs = mi$rhs, mi = mi$mi, epc = mi$epc, sepc = mi$sepc.all)
r <- lavResiduals(f, type = "cor.bentler", se = TRUE); out$residuals <- list(raw = unclass(resid(f, "raw")$cov), cor = unclass(r$cov), z = unclass(r$cov.z),
  standardized = unclass(resid(f, "standardized")$cov))
fits <- list(configural = fit(hs, HS, group = "school", estimator = "MLR"), metric = fit(hs, HS, group = "school", estimator = "MLR", group.equal = "loadings"),
  scalar = fit(hs, HS, group = "school", estimator = "MLR", group.equal = c("loadings", "intercepts")))
d <- lavTestLRT(fits$configural, fits$metric, fits$scalar, method = "satorra.bentler.2001")
out$scaled_difference <- list(chisq = d[["Chisq diff"]], df = d[["Df diff"]], p = d[["Pr(>Chisq)"]])
out$versions <- list(R = R.version.string, lavaan = as.character(packageVersion("lavaan")))
write_json(out, "values.json", digits = NA, auto_unbox = TRUE, na = "null", pretty = FALSE)
