internal import KQLSyntax

/// What libFuzzer calls with each input: the text is parsed, formatted, bound, and run.
///
/// A crash, a broken promise of the language or a run beyond libFuzzer's `-timeout` is a finding.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    checkFormatting(of: text)
    FuzzedRun.run(text)
    return 0
}

/// Places named by diagnostics lie in the text; formatting gives a valid query that formatting leaves alone.
private func checkFormatting(of text: String) {
    let tree = Parser.analyze(Source(text))
    let limit = tree.source.bytes.count
    for diagnostic in tree.diagnostics {
        precondition(diagnostic.span.lower >= 0 && diagnostic.span.upper <= limit + 1, "a span outside of the text")
    }
    guard let formatted = Printer.format(tree) else { return }
    let again = Parser.analyze(Source(formatted))
    precondition(again.isValid, "formatting broke a query: \(formatted)")
    precondition(Printer.format(again) == formatted, "formatting is not stable: \(formatted)")
}
