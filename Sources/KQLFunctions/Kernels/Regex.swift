import KQLValues
import RE2

/// The patterns of one argument: when constant, compiled once for all queries of late; else once per different text.
struct PatternReader {
    private let texts: StringColumn
    private let mask: Int
    private var compiled: [String: RE2Pattern] = [:]

    init(_ call: ScalarCall, _ argument: Int) {
        texts = call.arguments[argument].texts
        mask = call.isConstant[argument] ? 0 : -1
    }

    mutating func pattern(_ row: Int) throws(EvaluationError) -> RE2Pattern {
        let text = texts[row & mask]
        if let known = compiled[text] { return known }
        let pattern = try PatternReader.compile(text, isConstant: mask == 0)
        if compiled.count >= 256 { compiled.removeAll() }
        compiled[text] = pattern
        return pattern
    }

    /// Compiles a regular expression; a syntax error ends the query.
    static func compile(_ text: String, isConstant: Bool) throws(EvaluationError) -> RE2Pattern {
        do {
            return isConstant ? try RE2Pattern.shared(text) : try RE2Pattern(text)
        } catch {
            throw EvaluationError(error.description)
        }
    }
}

/// A function of a regular expression and a text, row by row; the body may read other arguments of the call itself.
func eachWithRegex<R: KernelResult>(
    pattern: Int, text: Int,
    _ body: @escaping @Sendable (RE2Pattern, UTF8Bytes, ScalarCall, Int) throws(EvaluationError) -> R?
) -> Evaluation {
    { call throws(EvaluationError) in
        let texts = call.arguments[text].texts
        var patterns = PatternReader(call, pattern)
        let constant = call.isConstant[pattern] ? try patterns.pattern(0) : nil
        var output = R.output(capacity: call.rowCount)
        for row in 0..<call.rowCount {
            let regex = if let constant { constant } else { try patterns.pattern(row) }
            let result = texts.withUTF8(call.row(row, of: text)) { bytes in
                Result { () throws(EvaluationError) -> R? in try body(regex, bytes, call, row) }
            }
            R.append(try result.get(), to: &output)
        }
        return R.column(output, call.resultType)
    }
}
