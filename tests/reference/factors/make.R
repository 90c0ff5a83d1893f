# KMO, Bartlett, MAP, components and factors by psych; oblimin by Jennrich's gradient projection. Data that R ships:
# 24 psychological tests (Harman74.cor, n = 145), attitude (n = 30). Run: Rscript make.R
library(jsonlite)
suppressPackageStartupMessages(library(psych))
quartimin <- function(A) {  # GPArotation's GPFoblq with gamma 0, which Debian does not ship
  T <- diag(ncol(A)); al <- 1; N <- matrix(1, ncol(A), ncol(A)) - diag(ncol(A))
  vg <- function(L) list(f = sum(L^2 * (L^2 %*% N)) / 4, G = L * (L^2 %*% N))
  L <- A; v <- vg(L)
  for (iter in 0:5000) {
    G <- -t(t(L) %*% v$G %*% solve(T)); Gp <- G - T %*% diag(colSums(T * G)); s <- sqrt(sum(Gp^2))
    if (s < 1e-10) break
    al <- 2 * al
    for (i in 0:15) { X <- T - al * Gp; Tt <- X %*% diag(1 / sqrt(colSums(X^2))); Lt <- A %*% t(solve(Tt)); vt <- vg(Lt)
      if (v$f - vt$f > .5 * s^2 * al) break
      al <- al / 2 }
    if (vt$f >= v$f) break
    T <- Tt; L <- Lt; v <- vt
  }
  list(loadings = L, Phi = t(T) %*% T)
}
std <- function(L, Phi = diag(ncol(L))) { L <- unclass(L); o <- order(-diag(Phi %*% t(L) %*% L)); s <- ifelse(colSums(L[, o]) < 0, -1, 1)
  L <- L[, o] %*% diag(s); Phi <- diag(s) %*% Phi[o, o] %*% diag(s)
  list(loadings = unname(L), phi = unname(Phi), ss = unname(diag(Phi %*% t(L) %*% L))) }
fit <- function(f) list(communality = unname(f$communality), objective = f$objective, chisq = f$STATISTIC, df = f$dof, p = f$PVAL, tli = f$TLI,
  rmsea = unname(f$RMSEA[1:3]), bic = f$BIC, rms = f$rms, off = f$fit.off)
one <- function(R, n, k) {
  q <- function(...) suppressMessages(suppressWarnings(fa(R, k, n.obs = n, min.err = 1e-10, max.iter = 5000, ...)))
  pc <- principal(R, k, rotate = "varimax", n.obs = n); minres <- q(fm = "minres", rotate = "none"); ml <- q(fm = "ml", rotate = "none")
  ob <- quartimin(unclass(minres$loadings))
  list(names = rownames(R), R = unname(R), n = n, k = k, kmo = KMO(R)$MSA, msa = unname(KMO(R)$MSAi), bartlett = cortest.bartlett(R, n)[c("chisq", "df", "p.value")],
    map = vss(R, n.obs = n, plot = FALSE)$map, eigen = eigen(R)$values, pca_varimax = c(std(pc$loadings), list(communality = unname(pc$communality), rms = pc$rms)),
    minres_none = c(std(minres$loadings), fit(minres)), ml_none = c(std(ml$loadings), fit(ml)), paf_none = std(q(fm = "pa", rotate = "none")$loadings),
    minres_varimax = std(q(fm = "minres", rotate = "varimax")$loadings), minres_oblimin = std(ob$loadings, ob$Phi),
    minres_promax = { h <- sqrt(rowSums(minres$loadings^2)); p <- Promax(unclass(minres$loadings) / h); std(unclass(p$loadings) * h, p$Phi) })
}
set.seed(1)
out <- list(versions = list(R = R.version.string, psych = as.character(packageVersion("psych"))),
  harman = one(Harman74.cor$cov, 145, 4), attitude = one(cor(attitude), 30, 2))
write_json(out, "values.json", digits = NA, auto_unbox = TRUE, na = "null", pretty = FALSE)
