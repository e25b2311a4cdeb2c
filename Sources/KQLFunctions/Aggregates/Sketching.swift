import JSON
import KQLValues

/// `hll`, `tdigest`, their merges, and `buildschema`.
let sketchAggregates: [AggregateFunction] = aggregates {
    conditional(
        "hll", ifName: "hll_if", "A sketch from which `dcount_hll` counts the different values.",
        values: [.takes(.any("value"), .long("accuracy", .optional), returns: .dynamic)]
    ) { call, condition in
        let hashes = hashes(call.arguments[0])
        var sketches = [HyperLogLog?](repeating: nil, count: call.groupCount)
        for row in call.rows(if: condition) where !call.arguments[0].isNull(row) {
            sketches[call.groups[row], default: HyperLogLog()].insert(hash: hashes[row])
        }
        return .dynamic(sketches.map { $0?.json ?? .null })
    }
    merging("hll_merge", aliases: [], "The sketch of all values of several sketches.", prefix: "hll_merge") {
        mergedHLL($0)
    }
    AggregateFunction(
        "tdigest", summary: "A sketch from which `percentile_tdigest` takes percentiles.",
        signatures: [.takes(.any("value"), .long("weight", .optional), returns: .dynamic)],
        form: .value { call in
            let values = call.arguments[0].reals
            let weights = call.arguments.count > 1 ? call.arguments[1].reals : nil
            var pairs = [[(mean: Double, weight: Double)]](repeating: [], count: call.groupCount)
            for (row, group) in call.groups.enumerated() {
                guard let value = values[row], !value.isNaN else { continue }
                let weight = weights.map { $0[row] ?? 0 } ?? 1
                if weight > 0 { pairs[group].append((value, weight)) }
            }
            return .dynamic(
                pairs.map { pairs in
                    guard !pairs.isEmpty else { return .null }
                    var digest = TDigest()
                    digest.add(pairs)
                    return digest.json
                })
        })
    merging(
        "tdigest_merge", aliases: ["merge_tdigest", "merge_tdigests"], "The sketch of several sketches.",
        prefix: "merge_tdigests"
    ) {
        mergedDigest($0)
    }
    AggregateFunction(
        "buildschema", summary: "The least schema that all dynamic values fit.",
        signatures: [.takes(.dynamic("value"), returns: .dynamic)], namePrefix: "schema",
        form: .value { call in
            let values = call.arguments[0].dynamics
            var schemas = [ValueSchema?](repeating: nil, count: call.groupCount)
            for (row, group) in call.groups.enumerated() where !values[row].isNull {
                schemas[group, default: ValueSchema()].add(values[row], depth: 0)
            }
            return .dynamic(schemas.map { $0?.json ?? .null })
        })
}

/// Sketches in dynamic values.
let sketchFunctions: [ScalarFunction] = scalars {
    ScalarFunction(
        "dcount_hll", family: .aggregation, summary: "The number of different values in a sketch of `hll`.",
        signatures: [.takes(.dynamic("hll"), returns: .long)],
        naming: .prefixed("dcount_hll"),
        evaluate: each { (sketch: JSON) in HyperLogLog(sketch)?.count })
    ScalarFunction(
        "hll_isvalid", family: .aggregation, summary: "Whether a value is a sketch of `hll`.",
        signatures: [.takes(.any("hll"), .any("value", .optional), returns: .bool)],
        evaluate: each { (sketch: JSON?) in sketch.map { HyperLogLog($0) != nil } ?? false })
    ScalarFunction(
        "tdigest_isvalid", family: .aggregation, summary: "Whether a value is a sketch of `tdigest`.",
        signatures: [.takes(.any("tdigest"), .any("value", .optional), returns: .bool)],
        evaluate: each { (sketch: JSON?) in sketch.map { TDigest($0) != nil } ?? false })
    ScalarFunction(
        "hll_merge", family: .aggregation, summary: "The sketch of all values of several sketches.",
        signatures: [.takes(.dynamic("hll"), .dynamic("more", .repeated), returns: .dynamic)],
        naming: .fixed("hll_merged_result"),
        evaluate: eachList { (sketches: [JSON?]) in mergedHLL(sketches.compactMap(\.self)) })
    ScalarFunction(
        "tdigest_merge", aliases: ["merge_tdigest"], family: .aggregation, summary: "The sketch of several sketches.",
        signatures: [.takes(.dynamic("tdigest"), .dynamic("more", .repeated), returns: .dynamic)],
        naming: .fixed("tdigests_merge_result"),
        evaluate: eachList { (sketches: [JSON?]) in mergedDigest(sketches.compactMap(\.self)) })
    ScalarFunction(
        "percentile_tdigest", family: .aggregation, summary: "A percentile of the values in a sketch of `tdigest`.",
        signatures: [
            .takes(.dynamic("tdigest"), .real("percentile"), returns: .dynamic),
            .takes(
                .dynamic("tdigest"), .real("percentile"), .init("type", .any, mustBeConstant: true),
                gives: .namedByArgument(2, default: .dynamic)),
        ],
        naming: .prefixed("percentile_tdigest")
    ) { call throws(EvaluationError) in
        let sketches = call.reader(0, JSON.self)
        let percents = call.reader(1, Double.self)
        let values = (0..<call.rowCount).map { row -> JSON in
            guard let percent = percents[row] else { return .null }
            return sketches[row].flatMap { TDigest($0) }?.percentile(percent).map { .double($0) } ?? .null
        }
        return Column.dynamic(values).converted(to: call.resultType)
    }
    ScalarFunction(
        "percentiles_array_tdigest", family: .aggregation,
        summary: "Percentiles of the values in a sketch of `tdigest`.",
        signatures: [
            .takes(.dynamic("tdigest"), .dynamic("percentiles"), returns: .dynamic),
            .takes(.dynamic("tdigest"), .real("percentile"), .real("more", .repeated), returns: .dynamic),
        ],
        naming: .prefixed("percentile_tdigest"),
        evaluate: eachList { (values: [JSON]) -> JSON? in
            guard let digest = TDigest(values[0]) else { return nil }
            let percents = values.dropFirst().flatMap { $0.arrayValue ?? [$0] }.compactMap(\.kqlReal)
            return .array(percents.map { digest.percentile($0).map { .double($0) } ?? .null })
        })
    ScalarFunction(
        "rank_tdigest", family: .aggregation, summary: "How many values in a sketch are at most a value.",
        signatures: [.takes(.dynamic("tdigest"), .any("value"), returns: .real)],
        evaluate: each { (sketch: JSON, value: Double) in TDigest(sketch)?.rank(of: value) })
    ScalarFunction(
        "percentrank_tdigest", family: .aggregation,
        summary: "The percentage of the values in a sketch that are at most a value.",
        signatures: [.takes(.dynamic("tdigest"), .any("value"), returns: .real)],
        evaluate: each { (sketch: JSON, value: Double) in
            TDigest(sketch).map { 100 * $0.rank(of: value) / $0.weight }
        })
}

private func mergedHLL(_ sketches: [JSON]) -> JSON? {
    var merged: HyperLogLog?
    for sketch in sketches.compactMap({ HyperLogLog($0) }) { merged = merged.map { $0.merged(sketch) } ?? sketch }
    return merged?.json
}

private func mergedDigest(_ sketches: [JSON]) -> JSON? {
    let digests = sketches.compactMap { TDigest($0) }
    guard !digests.isEmpty else { return nil }
    var merged = TDigest()
    merged.add(digests.flatMap(\.all))
    return merged.json
}

extension HyperLogLog {
    fileprivate func merged(_ other: HyperLogLog) -> HyperLogLog {
        var result = self
        result.merge(other)
        return result
    }
}

extension [HyperLogLog?] {
    fileprivate subscript(index: Int, default initial: HyperLogLog) -> HyperLogLog {
        get { self[index] ?? initial }
        set { self[index] = newValue }
    }
}

extension [ValueSchema?] {
    fileprivate subscript(index: Int, default initial: ValueSchema) -> ValueSchema {
        get { self[index] ?? initial }
        set { self[index] = newValue }
    }
}

private func merging(
    _ name: String, aliases: [String], _ summary: String, prefix: String, _ merge: @escaping @Sendable ([JSON]) -> JSON?
) -> AggregateFunction {
    AggregateFunction(
        name, aliases: aliases, summary: summary, signatures: [.takes(.dynamic("sketch"), returns: .dynamic)],
        namePrefix: prefix,
        form: .value { call in
            let values = call.arguments[0].dynamics
            var sketches = [[JSON]](repeating: [], count: call.groupCount)
            for (row, group) in call.groups.enumerated() where !values[row].isNull {
                sketches[group].append(values[row])
            }
            return .dynamic(sketches.map { merge($0) ?? .null })
        })
}

/// What values were seen at one place: names of scalar types, members of bags, elements of arrays.
private struct ValueSchema {
    private var types: Set<String> = []
    private var members: JSONObjectSchema = [:]
    private var elements: [ValueSchema] = []

    private typealias JSONObjectSchema = [String: ValueSchema]

    mutating func add(_ value: JSON, depth: Int) {
        guard depth < 64 else { return }
        switch value {
        case .null: break
        case .object(let bag):
            for (key, member) in bag {
                var schema = members[key] ?? ValueSchema()
                schema.add(member, depth: depth + 1)
                members[key] = schema
            }
        case .array(let values):
            var schema = elements.first ?? ValueSchema()
            for value in values { schema.add(value, depth: depth + 1) }
            elements = [schema]
        default: types.insert(value.kqlTypeName)
        }
    }

    var json: JSON {
        var bag = JSONObject()
        for (key, schema) in members.sorted(by: { $0.key < $1.key }) { bag[key] = schema.json }
        if let element = elements.first { bag["`indexer`"] = element.json }
        let alternatives = (bag.isEmpty ? [] : [JSON.object(bag)]) + types.sorted().map { .string($0) }
        return alternatives.count == 1 ? alternatives[0] : .array(alternatives)
    }
}
