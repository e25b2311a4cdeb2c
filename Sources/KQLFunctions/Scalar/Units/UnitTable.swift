/// Units of one quantity: how many of the base unit each is; metric prefixes go with all of them.
struct UnitTable: Sendable {
    private let factors: [String: Double]

    init(_ factors: [String: Double]) {
        self.factors = factors
    }

    /// The factor of a unit written as in `KilometerPerHour`; nil when it is not known.
    func factor(_ name: String) -> Double? {
        let lowered = name.lowercased()
        if let factor = factors[lowered] { return factor }
        for (prefix, power) in UnitTable.prefixes where lowered.hasPrefix(prefix) {
            if let factor = factors[String(lowered.dropFirst(prefix.count))] { return factor * power }
        }
        return nil
    }

    private static let prefixes: [(String, Double)] = [
        ("tera", 1e12), ("giga", 1e9), ("mega", 1e6), ("kilo", 1e3), ("hecto", 1e2), ("deca", 10), ("deci", 0.1),
        ("centi", 0.01), ("milli", 1e-3), ("micro", 1e-6), ("nano", 1e-9),
    ]

    /// In degrees.
    static let angle = UnitTable([
        "degree": 1, "arcminute": 1 / 60, "arcsecond": 1 / 3600, "radian": 180 / .pi, "gradian": 0.9, "revolution": 360,
        "natomil": 360 / 6400,
    ])

    /// In joules.
    static let energy = UnitTable([
        "joule": 1, "britishthermalunit": 1055.05585262, "calorie": 4.184, "electronvolt": 1.602176565e-19, "erg": 1e-7,
        "footpound": 1.355817948, "horsepowerhour": 2_684_519.537696172792, "wattday": 86_400, "watthour": 3600,
        "thermec": 1.05505585262e8, "thermimperial": 1.05505585257348e8, "thermus": 1.054804e8,
    ])

    /// In newtons.
    static let force = UnitTable([
        "newton": 1, "dyn": 1e-5, "kilogramforce": 9.80665, "kilopond": 9.80665, "ounceforce": 0.2780138509537812,
        "poundal": 0.138254954376, "poundforce": 4.4482216152605, "shorttonforce": 8896.443230521,
        "tonneforce": 9806.65,
    ])

    /// In metres.
    static let length = UnitTable([
        "meter": 1, "angstrom": 1e-10, "astronomicalunit": 1.495978707e11, "chain": 20.1168, "datamile": 1828.8,
        "dtppica": 0.0254 / 6, "dtppoint": 0.0254 / 72, "fathom": 1.8288, "foot": 0.3048, "hand": 0.1016,
        "inch": 0.0254,
        "lightyear": 9.46073047258e15, "mil": 2.54e-5, "mile": 1609.34, "nauticalmile": 1852,
        "parsec": 3.08567758128e16,
        "printerpica": 0.0254 * 400 / 2409, "printerpoint": 0.0254 * 100 / 7227, "shackle": 27.432,
        "solarradius": 6.9551e8,
        "twip": 0.0254 / 1440, "ussurveyfoot": 1200.0 / 3937, "yard": 0.9144,
    ])

    /// In grams.
    static let mass = UnitTable([
        "gram": 1, "earthmass": 5.9722e27, "grain": 0.06479891, "longhundredweight": 50_802.345_44,
        "longton": 1_016_046.908_8, "ounce": 28.349523125, "pound": 453.59237, "shorthundredweight": 45_359.237,
        "shortton": 907_184.74, "slug": 14_593.902_94, "solarmass": 1.98947e33, "stone": 6350.29318, "tonne": 1e6,
    ])

    /// In metres per second.
    static let speed = UnitTable([
        "meterpersecond": 1, "meterperminute": 1 / 60, "meterperhour": 1 / 3600, "footpersecond": 0.3048,
        "footperminute": 0.3048 / 60, "footperhour": 0.3048 / 3600, "inchpersecond": 0.0254,
        "inchperminute": 0.0254 / 60,
        "inchperhour": 0.0254 / 3600, "knot": 0.514444, "mileperhour": 0.44704, "ussurveyfootpersecond": 1200.0 / 3937,
        "ussurveyfootperminute": 1200.0 / 3937 / 60, "ussurveyfootperhour": 1200.0 / 3937 / 3600,
        "yardpersecond": 0.9144,
        "yardperminute": 0.9144 / 60, "yardperhour": 0.9144 / 3600,
    ])

    /// In cubic metres.
    static let volume = UnitTable([
        "cubicmeter": 1, "acrefoot": 1 / 0.000810714, "auteaspoon": 5e-6, "autablespoon": 2e-5,
        "boardfoot": 2.3597372158e-3,
        "cubiccentimeter": 1e-6, "cubicdecimeter": 1e-3, "cubicfoot": 0.0283168, "cubichectometer": 1e6,
        "cubicinch": 1.6387e-5, "cubickilometer": 1e9, "cubicmicrometer": 1e-18, "cubicmile": 4.16818182544058e9,
        "cubicmillimeter": 1e-9, "cubicyard": 0.764554858, "decaliter": 0.01, "imperialbeerbarrel": 0.16365924,
        "imperialgallon": 0.00454609000000181429905810072407, "imperialounce": 2.8413062499962901241875439064617e-5,
        "imperialpint": 5.6826125e-4, "imperialquart": 1.1365225e-3, "liter": 1e-3, "metriccup": 2.5e-4,
        "metricteaspoon": 5e-6, "oilbarrel": 0.158987294928, "uktablespoon": 1.5e-5, "usbeerbarrel": 0.1173477658,
        "uscustomarycup": 2.365882365e-4, "usgallon": 0.00378541, "uslegalcup": 2.4e-4,
        "usounce": 2.957352956253760505068307980135e-5,
        "uspint": 4.73176473e-4, "usquart": 9.46352946e-4, "ustablespoon": 1.478676478125e-5,
        "usteaspoon": 4.92892159375e-6,
    ])
}
