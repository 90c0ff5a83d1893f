# Rotations by GPArotation (quartimax, oblimin, geomin), each with and without Kaiser's normalisation, and factor scores
# by psych. Data that R ships: 24 psychological tests (Harman74.cor, n = 145), ability.cov (n = 112). The lowest of 6
# random starts is kept and followed to its end. Run: Rscript make.R
library(jsonlite)
suppressPackageStartupMessages({library(psych); library(GPArotation)})
set.seed(1)
std <- function(L, Phi = diag(ncol(L))) {
  o <- order(-diag(Phi %*% t(L) %*% L)); s <- ifelse(colSums(L[, o]) < 0, -1, 1)
  L <- L[, o] %*% diag(s); Phi <- diag(s) %*% Phi[o, o] %*% diag(s)
  list(loadings = unname(L), phi = unname(Phi), structure = unname(colSums((L %*% Phi)^2)), carried = unname(diag(Phi %*% t(L) %*% L)))
}
value <- list(quartimax = function(L) -sum(L^4) / 4, oblimin = function(L) sum(L^2 * (L^2 %*% (1 - diag(ncol(L))))) / 4,
  geomin = function(L) sum(exp(rowMeans(log(L^2 + .01)))))
turn <- function(A, kind, Tmat, eps, maxit) switch(kind,
  quartimax = GPForth(A, Tmat, method = "quartimax", eps = eps, maxit = maxit),
  oblimin = GPFoblq(A, Tmat, method = "quartimin", eps = eps, maxit = maxit),
  geomin = GPFoblq(A, Tmat, method = "geomin", methodArgs = list(delta = .01), eps = eps, maxit = maxit))
rotated <- function(L, kind, kaiser) {
  h <- if (kaiser) sqrt(rowSums(L^2)) else rep(1, nrow(L)); A <- L / h; best <- NULL
  for (start in 0:6) {
    T <- if (start) Random.Start(ncol(A)) else diag(ncol(A))
    r <- try(suppressWarnings(turn(A, kind, T, 1e-3, 300)), silent = TRUE)
    if (inherits(r, "try-error")) next
    f <- value[[kind]](unclass(r$loadings))
    if (is.null(best) || f < best$f - 1e-9) best <- list(f = f, T = r$Th)
  }
  r <- suppressWarnings(turn(A, kind, best$T, 1e-7, 4000)); best <- list(f = value[[kind]](unclass(r$loadings)), L = unclass(r$loadings), Phi = if (is.null(r$Phi)) diag(ncol(A)) else r$Phi)
  c(std(best$L * h, best$Phi), list(f = best$f))
}
one <- function(R, n, k) {
  f <- suppressMessages(suppressWarnings(fa(R, k, n.obs = n, fm = "ml", rotate = "none", min.err = 1e-10, max.iter = 5000)))
  L <- unclass(f$loadings); out <- list(names = rownames(R), R = unname(R), n = n, k = k, unrotated = unname(L))
  for (kind in names(value)) for (kaiser in c(TRUE, FALSE))
    out[[paste0(kind, if (kaiser) "_kaiser" else "")]] <- rotated(L, kind, kaiser)
  o <- out$oblimin; dimnames(R) <- NULL
  out$scores <- lapply(c(regression = "Thurstone", bartlett = "Bartlett", tenberge = "tenBerge"), function(m) {
    s <- factor.scores(R, o$loadings, Phi = o$phi, method = m); list(weights = unname(s$weights), r2 = unname(s$R2)) })
  out
}
out <- list(versions = list(R = R.version.string, psych = as.character(packageVersion("psych")), GPArotation = as.character(packageVersion("GPArotation"))),
  harman = one(Harman74.cor$cov, 145, 4), ability = one(cov2cor(ability.cov$cov), 112, 2))
write_json(out, "values.json", digits = NA, auto_unbox = TRUE, na = "null", pretty = FALSE)
