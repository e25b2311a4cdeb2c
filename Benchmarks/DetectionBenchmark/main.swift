import Foundation
import JSON
import Sigma

// detection-benchmark --rules FOLDER… [--events FILE…] [--limit RULES] [--jobs N] [--runs N]
//
// Loads Sigma rules and matches them on files of events, streamed in blocks as ingest does. `--jobs` tasks do all files each.
// Prints one JSON object: rules, load seconds, events, seconds of reading and of matching (median of runs, per job), matches
// and memory.

/// The command line's lists by option.
func options(_ arguments: ArraySlice<String>) -> [String: [String]] {
    var options: [String: [String]] = [:]
    var current = ""
    for argument in arguments {
        if argument.hasPrefix("--") { current = argument } else { options[current, default: []].append(argument) }
    }
    return options
}

/// A figure of `/proc/self/status` in MiB.
func memory(_ name: String) -> Double {
    // Without the file, on another system, the figure is 0.
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
    return (line?.split(whereSeparator: { !$0.isNumber }).first.flatMap { Double($0) } ?? 0) / 1024
}

func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
}

let given = options(CommandLine.arguments.dropFirst())
let jobs = given["--jobs"]?.first.flatMap { Int($0) } ?? 1
let runs = given["--runs"]?.first.flatMap { Int($0) } ?? 5
let folders = (given["--rules"] ?? []).map { URL(filePath: $0) }
let limit = given["--limit"]?.first.flatMap { Int($0) } ?? .max

let start = ContinuousClock.now
let loaded = RuleLoad(folders, limit: limit)
let loadSeconds = (ContinuousClock.now - start) / .seconds(1)
var result: JSONObject = [
    "rules": .int(Int64(loaded.ruleSet.rules.count)), "load_seconds": .double(loadSeconds),
    "read_seconds": .double(loaded.readSeconds), "findings": .int(Int64(loaded.findings)),
    "memory_after_load": .double(memory("VmRSS")),
]
if let files = given["--events"] {
    var outcomes: [EventRun] = []
    for _ in 0..<runs {
        outcomes += try await EventRun.together(jobs, loaded.ruleSet, files: files)
    }
    let matching = outcomes.map(\.matchSeconds)
    result["events"] = .int(Int64(outcomes[0].events))
    result["parse_seconds"] = .double(median(outcomes.map(\.parseSeconds)))
    result["match_seconds"] = .double(median(matching))
    result["match_seconds_least"] = .double(matching.min() ?? 0)
    result["match_seconds_most"] = .double(matching.max() ?? 0)
    result["matches"] = .int(Int64(outcomes[0].matches))
    result["matched_rules"] = .int(Int64(outcomes[0].matchedRules))
}
result["memory_peak"] = .double(memory("VmHWM"))
print(JSON.object(result))
