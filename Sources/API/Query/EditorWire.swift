internal import JSON
internal import KQLEditing
internal import KQLSyntax

/// The answers of the language service as JSON; spans are `{"start", "end"}` in UTF-16 units.
struct EditorWire {
    private let offsets: UTF16Offsets

    init(_ offsets: UTF16Offsets) {
        self.offsets = offsets
    }

    func diagnostics(_ diagnostics: [Diagnostic]) -> JSON {
        .array(
            diagnostics.map { diagnostic in
                var members = span(diagnostic.span)
                members["severity"] = .string(diagnostic.severity.rawValue)
                members["code"] = .string(diagnostic.code.rawValue)
                members["message"] = .string(diagnostic.message)
                if let hint = diagnostic.hint { members["hint"] = .string(hint) }
                if let text = diagnostic.replacement {
                    var fix = span(diagnostic.span)
                    fix["text"] = .string(text)
                    members["fixes"] = [.object(fix)]
                }
                return .object(members)
            })
    }

    func completions(_ list: CompletionList) -> JSON {
        var members = span(list.replaced)
        members["isCut"] = .bool(list.isCut)
        members["items"] = .array(list.items.map(item))
        return .object(members)
    }

    private func item(_ item: Completion) -> JSON {
        var members: JSONObject = ["label": .string(item.label), "kind": .string(item.kind.rawValue)]
        if item.insertion != item.label { members["insert"] = .string(item.insertion) }
        if item.caret != item.insertion.utf8.count {
            let caret = UTF16Offsets(Source(item.insertion)).utf16(item.caret)
            members["caret"] = .int(Int64(caret))
        }
        if let detail = item.detail { members["detail"] = .string(detail) }
        if let text = item.documentation, !text.isEmpty { members["documentation"] = .string(text) }
        return .object(members)
    }

    func hover(_ hover: Hover?) -> JSON {
        guard let hover else { return .null }
        var members = span(hover.span)
        members["title"] = .string(hover.title)
        members["text"] = .string(hover.text)
        return .object(members)
    }

    static func signature(_ help: SignatureHelp?) -> JSON {
        guard let help else { return .null }
        let signatures = help.signatures.map { form -> JSON in
            ["label": .string(form.label), "parameters": .array(form.parameters.map { .string($0) })]
        }
        return [
            "function": .string(help.function), "summary": .string(help.summary), "signatures": .array(signatures),
            "activeSignature": .int(Int64(help.activeSignature)),
            "activeParameter": help.activeParameter.map { .int(Int64($0)) } ?? .null,
        ]
    }

    /// Each token as `[start, end, role]`, which keeps long answers small.
    func tokens(_ tokens: [SemanticToken]) -> JSON {
        .array(
            tokens.map { token in
                [
                    .int(Int64(offsets.utf16(token.span.lower))), .int(Int64(offsets.utf16(token.span.upper))),
                    .string(token.role.rawValue),
                ]
            })
    }

    private func span(_ span: Span) -> JSONObject {
        ["start": .int(Int64(offsets.utf16(span.lower))), "end": .int(Int64(offsets.utf16(span.upper)))]
    }
}
