import Foundation
import JSON
import KQLValues

/// Lines of CSV, command lines, versions.
let recordFunctions: [ScalarFunction] = scalars {
    ScalarFunction(
        "parse_csv", family: .parsing, summary: "The fields of the first record of CSV text (RFC 4180).",
        signatures: [.takes(.string("text"), returns: .dynamic)],
        naming: .firstArgument,
        evaluate: each { (text: String) -> JSON? in .array(csvFields(text).map { .string($0) }) })
    ScalarFunction(
        "parse_command_line", family: .parsing, summary: "The arguments of a command line by the rules of Windows.",
        signatures: [.takes(.string("command"), .string("parser"), returns: .dynamic)],
        evaluate: each { (command: String, parser: String) -> JSON? in
            parser.lowercased() == "windows" && !command.isEmpty
                ? .array(windowsArguments(command).map { .string($0) }) : nil
        })
    ScalarFunction(
        "parse_version", family: .parsing, summary: "A number that orders versions of up to four parts as they follow.",
        signatures: [.takes(.string("version"), returns: .decimal)],
        evaluate: each { (version: String) -> Decimal? in
            let parts = version.split(separator: ".", omittingEmptySubsequences: false).map { UInt32($0) }
            guard (1...4).contains(parts.count) else { return nil }
            var number = Decimal(0)
            for index in 0..<4 {
                guard let part = index < parts.count ? parts[index] : 0, part < 100_000_000 else { return nil }
                number = number * 100_000_000 + Decimal(part)
            }
            return number
        })
}

/// The fields of the first record: quotes hold commas and line ends, a doubled quote is one.
private func csvFields(_ text: String) -> [String] {
    var fields: [String] = []
    var field = String.UnicodeScalarView()
    var isQuoted = false
    var scalars = text.unicodeScalars[...]
    while let scalar = scalars.popFirst() {
        switch scalar {
        case "\"" where isQuoted:
            if scalars.first == "\"" {
                field.append(scalar)
                scalars.removeFirst()
            } else {
                isQuoted = false
            }
        case "\"" where field.isEmpty: isQuoted = true
        case "," where !isQuoted:
            fields.append(String(field))
            field = String.UnicodeScalarView()
        case "\n" where !isQuoted, "\r" where !isQuoted: return fields + [String(field)]
        default: field.append(scalar)
        }
    }
    return fields + [String(field)]
}

/// Splits as CommandLineToArgvW does: blanks separate, quotes hold together, backslashes escape quotes only.
private func windowsArguments(_ command: String) -> [String] {
    var arguments: [String] = []
    var argument = ""
    var hasArgument = false
    var isQuoted = false
    var backslashes = 0
    for character in command {
        if character == "\\" {
            backslashes += 1
            hasArgument = true
            continue
        }
        if character == "\"" {
            argument += String(repeating: "\\", count: backslashes / 2)
            if backslashes % 2 == 1 { argument += "\"" } else { isQuoted.toggle() }
            backslashes = 0
            hasArgument = true
            continue
        }
        argument += String(repeating: "\\", count: backslashes)
        backslashes = 0
        if character.isWhitespace, !isQuoted {
            if hasArgument { arguments.append(argument) }
            argument = ""
            hasArgument = false
        } else {
            argument.append(character)
            hasArgument = true
        }
    }
    argument += String(repeating: "\\", count: backslashes)
    if hasArgument { arguments.append(argument) }
    return arguments
}
