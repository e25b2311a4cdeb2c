/// A query as parts that can be left out one by one, to find the smallest that still fails.
package struct RandomQuery: CustomStringConvertible {
    package var definitions: [Definition] = []
    package var pipeline: RandomPipeline

    /// `let name = value;`
    package struct Definition {
        var name: String
        var value: RandomPart
    }

    package var description: String {
        definitions.map { "let \($0.name) = \($0.value);\n" }.joined() + "\(pipeline)"
    }

    /// This query with one part less, in all ways; some have no meaning any more.
    package var simplifications: [RandomQuery] {
        var simpler = definitions.indices.map { index in
            var query = self
            query.definitions.remove(at: index)
            return query
        }
        simpler += pipeline.simplifications.map { RandomQuery(definitions: definitions, pipeline: $0) }
        for (index, definition) in definitions.enumerated() {
            simpler += definition.value.simplifications.map { value in
                var query = self
                query.definitions[index].value = value
                return query
            }
        }
        return simpler
    }
}

/// A source and operators behind it.
package struct RandomPipeline: CustomStringConvertible {
    package var source: String
    package var steps: [RandomStep] = []

    package var description: String { ([source] + steps.map(\.description)).joined(separator: " | ") }

    package var simplifications: [RandomPipeline] {
        var simpler: [RandomPipeline] = []
        for index in steps.indices.reversed() {
            var pipeline = self
            pipeline.steps.remove(at: index)
            simpler.append(pipeline)
        }
        for (index, step) in steps.enumerated() {
            simpler += step.simplifications.map { step in
                var pipeline = self
                pipeline.steps[index] = step
                return pipeline
            }
        }
        return simpler
    }
}

/// An operator with lists of parts: `summarize` a, b `by` c, d.
package struct RandomStep: CustomStringConvertible {
    package var clauses: [Clause]

    package struct Clause {
        var word: String
        var parts: [RandomPart]
        var separator = ", "
        /// What follows the parts.
        var end = ""
    }

    package init(_ clauses: Clause...) {
        self.clauses = clauses
    }

    package init(_ word: String, _ parts: [String], separator: String = ", ") {
        clauses = [Clause(word: word, parts: parts.map { .text($0) }, separator: separator)]
    }

    package var description: String {
        clauses.filter { !$0.parts.isEmpty || $0.word == "summarize" }.map { clause in
            clause.word + " " + clause.parts.map(\.description).joined(separator: clause.separator) + clause.end
        }.joined(separator: " ")
    }

    package var simplifications: [RandomStep] {
        var simpler: [RandomStep] = []
        for (index, clause) in clauses.enumerated() {
            for (position, part) in clause.parts.enumerated() {
                var step = self
                step.clauses[index].parts.remove(at: position)
                simpler.append(step)
                simpler += part.simplifications.map { part in
                    var step = self
                    step.clauses[index].parts[position] = part
                    return step
                }
            }
        }
        return simpler
    }
}

/// A piece of text, or a query in parentheses.
package indirect enum RandomPart: CustomStringConvertible {
    case text(String)
    case query(before: String, RandomPipeline, after: String)

    package var description: String {
        switch self {
        case .text(let text): text
        case .query(let before, let pipeline, let after): "\(before)(\(pipeline))\(after)"
        }
    }

    package var simplifications: [RandomPart] {
        guard case .query(let before, let pipeline, let after) = self else { return [] }
        return pipeline.simplifications.map { .query(before: before, $0, after: after) }
    }
}
