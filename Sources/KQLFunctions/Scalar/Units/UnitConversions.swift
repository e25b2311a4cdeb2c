import KQLValues

/// Measures converted between units that are named in words.
let unitFunctions: [ScalarFunction] = scalars {
    unitConversion("angle", .angle)
    unitConversion("energy", .energy)
    unitConversion("force", .force)
    unitConversion("length", .length)
    unitConversion("mass", .mass)
    unitConversion("speed", .speed)
    unitConversion("volume", .volume)
    ScalarFunction(
        "convert_temperature", family: .mathematical, summary: "A temperature converted from one scale to another.",
        signatures: unitSignature,
        evaluate: each { (value: Double, from: String, to: String) -> Double? in
            guard let from = Temperature(name: from), let to = Temperature(name: to) else { return nil }
            return to.reading(ofKelvins: from.kelvins(value))
        })
}

private let unitSignature: [Signature] = [.takes(.real("value"), .string("from"), .string("to"), returns: .real)]

private func unitConversion(_ quantity: String, _ units: UnitTable) -> ScalarFunction {
    ScalarFunction(
        "convert_" + quantity, family: .mathematical,
        summary: "A measure of \(quantity) converted from one unit to another.",
        signatures: unitSignature,
        evaluate: each { (value: Double, from: String, to: String) -> Double? in
            guard let source = units.factor(from), let target = units.factor(to) else { return nil }
            return value * source / target
        })
}

private enum Temperature: String {
    case kelvin, celsius, fahrenheit, rankine, delisle, newton, reaumur, roemer

    /// Reads `Kelvin`, `DegreeCelsius`… in any case.
    init?(name: String) {
        let lowered = name.lowercased()
        self.init(rawValue: lowered.hasPrefix("degree") ? String(lowered.dropFirst(6)) : lowered)
    }

    func kelvins(_ value: Double) -> Double {
        switch self {
        case .kelvin: value
        case .celsius: value + 273.15
        case .fahrenheit: (value + 459.67) * 5 / 9
        case .rankine: value * 5 / 9
        case .delisle: 373.15 - value * 2 / 3
        case .newton: value * 100 / 33 + 273.15
        case .reaumur: value * 5 / 4 + 273.15
        case .roemer: (value - 7.5) * 40 / 21 + 273.15
        }
    }

    func reading(ofKelvins kelvins: Double) -> Double {
        switch self {
        case .kelvin: kelvins
        case .celsius: kelvins - 273.15
        case .fahrenheit: kelvins * 9 / 5 - 459.67
        case .rankine: kelvins * 9 / 5
        case .delisle: (373.15 - kelvins) * 3 / 2
        case .newton: (kelvins - 273.15) * 33 / 100
        case .reaumur: (kelvins - 273.15) * 4 / 5
        case .roemer: (kelvins - 273.15) * 21 / 40 + 7.5
        }
    }
}
