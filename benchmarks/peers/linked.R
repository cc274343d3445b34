# The workload `linked` in simmer, in working minutes: Rscript linked.R CASES SEED
# Says cases, services, seconds of processor time, and the mean sojourns online and on paper.
suppressPackageStartupMessages(library(simmer))
words <- as.integer(commandArgs(trailingOnly = TRUE))
n_cases <- words[1]
set.seed(words[2])

spread <- sqrt(log(1 + 0.5^2))
work <- function(path, pool, mean) {
  location <- log(mean) - spread^2 / 2
  path |> seize(pool) |> timeout(\() rlnorm(1, location, spread)) |> release(pool)
}
wait <- function(path, least, most) path |> timeout(\() 480 * runif(1, least, most))
register <- function(path) {
  again <- trajectory() |> wait(2, 4) |> work("civil", 20.75)
  path |> work("civil", 20.75) |> branch(\() as.integer(runif(1) < 0.08), TRUE, again)
}

begun <- sum(proc.time()[1:2])
online <- trajectory() |>
  register() |>
  clone(2, trajectory() |> work("police", 14.4), trajectory() |> work("insurance", 9.6)) |>
  synchronize() |>
  work("desk", 4)
paper <- trajectory() |>
  work("desk", 6) |> register() |>
  wait(1, 3) |> work("desk", 6) |> work("police", 14.4) |>
  wait(1, 3) |> work("desk", 6) |> work("insurance", 9.6) |>
  wait(1, 3) |> work("desk", 4)
arrives_at <- cumsum(rexp(n_cases, 0.5))
is_online <- runif(n_cases) < 0.6
env <- simmer() |>
  add_resource("desk", 7) |> add_resource("civil", 14) |>
  add_resource("police", 9) |> add_resource("insurance", 6) |>
  add_generator("online", online, at(arrives_at[is_online])) |>
  add_generator("paper", paper, at(arrives_at[!is_online]))
invisible(run(env, Inf))
cases <- get_mon_arrivals(env)
services <- get_mon_arrivals(env, per_resource = TRUE)
seconds <- sum(proc.time()[1:2]) - begun

# A clone that goes on begins where it was cloned: who arrived when is in its name.
mean_sojourn <- function(name, arrived) {
  mine <- cases[startsWith(cases$name, name), ]
  mean(mine$end_time - arrived[1 + as.integer(sub(name, "", mine$name))])
}
online <- mean_sojourn("online", arrives_at[is_online])
paper <- mean_sojourn("paper", arrives_at[!is_online])
cat(nrow(cases), nrow(services), seconds, online, paper, "\n")
