import KQLValues

/// Punycode (RFC 3492) of names and domains.
let punycodeFunctions: [ScalarFunction] = scalars {
    punycode("punycode_from_string", "A text in punycode.") { Punycode.encode($0) }
    punycode("punycode_to_string", "The text of punycode.") { Punycode.decode($0) }
    punycode("punycode_domain_from_string", "A domain name with its labels in punycode after `xn--`.") {
        domain($0) { label in label.utf8.allSatisfy { $0 < 0x80 } ? label : Punycode.encode(label).map { "xn--" + $0 } }
    }
    punycode("punycode_domain_to_string", "A domain name with its `xn--` labels read back.") {
        domain($0) { label in
            if label.lowercased().hasPrefix("xn--") { return Punycode.decode(String(label.dropFirst(4))) }
            return label.utf8.allSatisfy { $0 < 0x80 } ? label : Punycode.encode(label).map { "xn--" + $0 }
        }
    }
}

private func punycode(
    _ name: String, _ summary: String, _ body: @escaping @Sendable (String) -> String?
) -> ScalarFunction {
    ScalarFunction(
        name, family: .encoding, summary: summary,
        signatures: [.takes(.string("text"), returns: .string)],
        evaluate: each { (text: String) in text.utf8.count <= 4096 ? body(text) : nil })
}

/// Changes each label of a domain; the ideographic full stops separate labels too.
private func domain(_ text: String, _ change: (String) -> String?) -> String? {
    let labels = text.unicodeScalars.split(omittingEmptySubsequences: false) {
        ".\u{3002}\u{FF0E}\u{FF61}".unicodeScalars.contains($0)
    }
    let changed = labels.compactMap { change(String($0)) }
    return changed.count == labels.count ? changed.joined(separator: ".") : nil
}

enum Punycode {
    static func encode(_ text: String) -> String? {
        let scalars = Array(text.unicodeScalars)
        var output = scalars.filter(\.isASCII).map { Character($0) }
        let basicCount = output.count
        var handled = basicCount
        if basicCount > 0, basicCount < scalars.count { output.append("-") }
        var state = State()
        while handled < scalars.count {
            guard let next = scalars.map(\.value).filter({ $0 >= state.code }).min() else { return nil }
            let (step, overflow) = (next - state.code).multipliedReportingOverflow(by: UInt32(handled + 1))
            guard !overflow else { return nil }
            state.delta &+= step
            state.code = next
            for scalar in scalars {
                if scalar.value < state.code { state.delta &+= 1 }
                guard scalar.value == state.code else { continue }
                output += digits(of: state.delta, bias: state.bias)
                state.adapt(count: UInt32(handled + 1), isFirst: handled == basicCount)
                state.delta = 0
                handled += 1
            }
            state.delta &+= 1
            state.code &+= 1
        }
        return String(output)
    }

    static func decode(_ text: String) -> String? {
        let separator = text.lastIndex(of: "-")
        var output = separator.map { Array(text[..<$0].unicodeScalars) } ?? []
        var input = (separator.map { text[text.index(after: $0)...] } ?? text[...]).utf8.makeIterator()
        var state = State()
        var position: UInt32 = 0
        while let first = input.next() {
            let start = position
            var weight: UInt32 = 1
            var step: UInt32 = 36
            var byte = first
            while true {
                guard let digit = value(of: byte) else { return nil }
                let (product, overflow) = digit.multipliedReportingOverflow(by: weight)
                let (sum, sumOverflow) = position.addingReportingOverflow(product)
                guard !overflow, !sumOverflow else { return nil }
                position = sum
                let threshold = State.threshold(step, state.bias)
                if digit < threshold { break }
                let (next, weightOverflow) = weight.multipliedReportingOverflow(by: 36 - threshold)
                guard !weightOverflow, let more = input.next() else { return nil }
                weight = next
                byte = more
                step += 36
            }
            let count = UInt32(output.count + 1)
            state.delta = position - start
            state.adapt(count: count, isFirst: start == 0)
            state.code &+= position / count
            position %= count
            guard let scalar = Unicode.Scalar(state.code) else { return nil }
            output.insert(scalar, at: Int(position))
            position += 1
        }
        return String(String.UnicodeScalarView(output))
    }

    private struct State {
        var code: UInt32 = 128
        var delta: UInt32 = 0
        var bias: UInt32 = 72

        static func threshold(_ step: UInt32, _ bias: UInt32) -> UInt32 {
            step <= bias ? 1 : step >= bias + 26 ? 26 : step - bias
        }

        mutating func adapt(count: UInt32, isFirst: Bool) {
            var delta = isFirst ? delta / 700 : delta / 2
            delta += delta / count
            var step: UInt32 = 0
            while delta > 455 {
                delta /= 35
                step += 36
            }
            bias = step + 36 * delta / (delta + 38)
        }
    }

    private static func digits(of number: UInt32, bias: UInt32) -> [Character] {
        var result: [Character] = []
        var rest = number
        var step: UInt32 = 36
        while true {
            let threshold = State.threshold(step, bias)
            if rest < threshold { break }
            result.append(digit(threshold + (rest - threshold) % (36 - threshold)))
            rest = (rest - threshold) / (36 - threshold)
            step += 36
        }
        return result + [digit(rest)]
    }

    private static func digit(_ value: UInt32) -> Character {
        Character(Unicode.Scalar(UInt8(value < 26 ? value + 97 : value + 22)))
    }

    private static func value(of byte: UInt8) -> UInt32? {
        switch byte {
        case 0x30...0x39: UInt32(byte) - 22
        case 0x41...0x5A: UInt32(byte) - 65
        case 0x61...0x7A: UInt32(byte) - 97
        default: nil
        }
    }
}
