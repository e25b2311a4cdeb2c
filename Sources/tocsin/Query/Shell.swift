internal import Foundation
internal import JSON

/// Asks for queries on the terminal, one after the other.
struct Shell {
    let asking: Asking
    let output: ResultOutput
    var options: QueryOptions
    let historyFile: String

    private static let prompt = "kql> "
    private static let continuation = "...> "

    func run() async throws {
        let words = QueryWords(metadata: try await asking.client.get("/api/metadata"))
        let earlier = Locked("")
        let editor = try LineEditor { before in words.completion(of: before, after: earlier.value) }
        editor.load(historyFile)
        Terminal.line("\(words.tables.count) tables. A query ends with an empty line; .help tells more.")
        var shell = self
        var input = QueryInput()
        while true {
            earlier.value = input.text
            switch await editor.read(prompt: input.isEmpty ? Self.prompt : Self.continuation) {
            case .end:
                Terminal.line()
                return
            case .interrupted: input.clear()
            case .line(let line):
                if input.isEmpty, let command = MetaCommand(line) {
                    shell.remember(line, editor)
                    if case .quit = command { return }
                    await shell.obey(command, words)
                } else if let query = input.add(line) {
                    shell.remember(query, editor)
                    await shell.answer(query)
                }
            }
        }
    }

    private func remember(_ text: String, _ editor: LineEditor) {
        if !editor.remember(text.trimmingCharacters(in: .whitespacesAndNewlines), in: historyFile) {
            Terminal.note("the history cannot be written to \(historyFile)")
        }
    }

    private mutating func answer(_ query: String) async {
        do {
            try output.write(try await asking.ask(options.question(query)), options)
            options.output = nil
        } catch is Interrupted {
            Terminal.note("the query was stopped")
        } catch {
            Terminal.note("\(error)")
        }
    }

    private mutating func obey(_ command: MetaCommand, _ words: QueryWords) async {
        switch command {
        case .help: Terminal.line(MetaCommand.overview)
        case .tables: for table in words.tables { Terminal.line(table) }
        case .schema(let table): await answer("['\(table.replacing("'", with: "\\'"))'] | getschema")
        case .format(let format): options.format = format
        case .timespan(let text):
            options.timespan = text
            Terminal.note(text.map { "TimeGenerated is limited to \($0)" } ?? "TimeGenerated is not limited")
        case .output(let file):
            options.output = file
            Terminal.note(file.map { "the next result goes to \($0)" } ?? "results go to the terminal")
        case .stats:
            options.stats.toggle()
            Terminal.note(options.stats ? "what each query takes is shown" : "what queries take is not shown")
        case .running: await showRunning()
        case .mistake(let text): Terminal.note(text)
        case .quit: break
        }
    }

    private func showRunning() async {
        do {
            let running = try await asking.client.get("/api/queries")["value"]?.arrayValue ?? []
            if running.isEmpty { Terminal.line("no query runs") }
            for query in running {
                let seconds = ((query["elapsedSeconds"]?.doubleValue ?? 0) * 10).rounded() / 10
                let text = (query["query"]?.stringValue ?? "").split(whereSeparator: \.isNewline).joined(separator: " ")
                Terminal.line(
                    "\(query["id"]?.stringValue ?? "")  \(query["user"]?.stringValue ?? "")  \(seconds) s  \(text.prefix(80))"
                )
            }
        } catch {
            Terminal.note("\(error)")
        }
    }
}
