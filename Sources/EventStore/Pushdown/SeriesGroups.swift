import Chronology
import KQL
import KQLFunctions
import KQLValues

extension MakeSeries {
    /// The same series in two steps: a `summarize` by key and bin, which a store can run, and a `make-series` of one row per
    /// bin. Nil when the bins are not known before the query runs.
    func overGroups(_ folding: ConstantFolding) -> (groups: Aggregate, series: (Plan) -> MakeSeries)? {
        guard let bin = axisBin(folding), let takeAny = FunctionCatalogue.standard.aggregate("take_any") else {
            return nil
        }
        let groups = Aggregate(
            input: input, keys: keys + [NamedExpression(axis.name, bin)], aggregates: series.flatMap(\.aggregates))
        let columns = groups.schema.columns
        let references = columns.indices.map { index in
            BoundExpression.column(
                ColumnReference(index: index, name: columns[index].name, type: columns[index].type))
        }
        var next = keys.count + 1
        let taken = series.map { series in
            let aggregates = series.aggregates.map { aggregate in
                let values = references[next..<(next + aggregate.outputs.count)]
                next += aggregate.outputs.count
                return BoundAggregate(
                    function: takeAny, arguments: Array(values), resultType: aggregate.resultType,
                    outputs: zip(aggregate.outputs, values).map { output, value in
                        AggregateOutput(name: output.name, type: output.type, source: value)
                    })
            }
            return Series(aggregates: aggregates, value: series.value, filler: series.filler)
        }
        return (
            groups,
            { input in
                MakeSeries(
                    input: input,
                    keys: zip(self.keys, references).map { NamedExpression($0.name, $1) },
                    axis: NamedExpression(self.axis.name, references[self.keys.count]), from: self.from, to: self.to,
                    step: self.step, includesEnd: self.includesEnd, series: taken, isNonEmpty: self.isNonEmpty)
            }
        )
    }

    /// The start of a row's bin. Without `from` the bins are those of `bin()`.
    private func axisBin(_ folding: ConstantFolding) -> BoundExpression? {
        guard let step = folding.value(of: step), let binAt = FunctionCatalogue.standard.scalar("bin_at") else {
            return nil
        }
        var start: Value?
        if let from {
            guard let value = folding.value(of: from) else { return nil }
            start = value.isNull ? nil : value
        }
        let origin: Value
        switch (axis.expression.type, step) {
        case (.datetime, .timespan): origin = .datetime(Instant(ticks: 0))
        case (.timespan, .timespan): origin = .timespan(TimeSpan(ticks: 0))
        case (.long, .long): origin = .long(0)
        default: return nil
        }
        guard (start ?? origin).type == origin.type else { return nil }
        return .call(
            BoundCall(
                function: binAt, arguments: [axis.expression, .constant(step), .constant(start ?? origin)],
                type: axis.expression.type))
    }
}
