# The workload `tandem` in simmer: Rscript tandem.R CASES SEED
# Says cases, services, seconds of processor time, and the mean sojourn in minutes.
suppressPackageStartupMessages(library(simmer))
words <- as.integer(commandArgs(trailingOnly = TRUE))
n_cases <- words[1]
set.seed(words[2])

work <- function(path, station, mean) {
  path |> seize(station) |> timeout(\() rexp(1, 1 / mean)) |> release(station)
}

begun <- sum(proc.time()[1:2])
case <- trajectory() |> work("first", 4) |> work("second", 6.4) |> work("third", 3.2)
env <- simmer() |>
  add_resource("first", 5) |> add_resource("second", 8) |> add_resource("third", 4) |>
  add_generator("case", case, at(cumsum(rexp(n_cases))))
invisible(run(env, Inf))
cases <- get_mon_arrivals(env)
services <- get_mon_arrivals(env, per_resource = TRUE)
seconds <- sum(proc.time()[1:2]) - begun

sojourn <- mean(cases$end_time - cases$start_time)
cat(nrow(cases), nrow(services), seconds, sojourn, "\n")
