/// A person of the simulated organisation.
struct Person: Sendable, Hashable {
    var number: Int
    var firstName: String
    var lastName: String
    var department: String

    var account: String { (firstName + "." + lastName).lowercased() }
    var displayName: String { firstName + " " + lastName }
    var principalName: String { account + "@" + Organisation.mailDomain }
    var sid: String { Organisation.domainSID + "-\(1105 + number)" }
    var objectID: String { "7c1f0000-5a3b-4d2e-9c00-0000000\(10_000 + number)" }
    /// Where the person works from when not in the office.
    var homeAddress: String { "192.0.2.\(10 + number)" }
    var city: (name: String, country: String) {
        let cities = [("Bergen", "NO"), ("Gothenburg", "SE"), ("Aarhus", "DK"), ("Bremen", "DE")]
        return cities[number % cities.count]
    }
}

/// A computer of the simulated organisation.
struct Computer: Sendable, Hashable {
    enum Role: Sendable { case workstation, server, domainController }

    var name: String
    var address: String
    var role: Role

    var fullName: String { name.lowercased() + "." + Organisation.domain }
}

/// Northwind Harbor, a shipping company that does not exist: its people, computers and outside addresses.
///
/// Public addresses are out of the ranges for documentation (RFC 5737), names out of `.example` (RFC 2606).
enum Organisation {
    static let domain = "nwharbor.example"
    static let mailDomain = "northwindharbor.example"
    static let shortDomain = "NWHARBOR"
    static let domainSID = "S-1-5-21-3814295016-1170542386-2904471155"
    static let tenant = "5f2b7c1e-0b6a-4f0e-9a61-7d3c2e8f4a10"
    static let subscription = "2d9c4a7e-63f1-4b8d-8c55-e1a0b7f36c42"
    static let egress = "192.0.2.2"

    static let people: [Person] = firstNames.indices.map { index in
        Person(
            number: index, firstName: firstNames[index], lastName: lastNames[(index * 7) % lastNames.count],
            department: departments[index % departments.count])
    }

    static let workstations: [Computer] = (1...22).map { number in
        let digits = number < 10 ? "0\(number)" : "\(number)"
        return Computer(name: "NWH-WS\(digits)", address: "10.20.10.\(20 + number)", role: .workstation)
    }

    static let domainController = Computer(name: "NWH-DC01", address: "10.20.1.10", role: .domainController)
    static let secondDomainController = Computer(name: "NWH-DC02", address: "10.20.1.11", role: .domainController)
    static let fileServer = Computer(name: "NWH-FS01", address: "10.20.1.20", role: .server)
    static let databaseServer = Computer(name: "NWH-SQL01", address: "10.20.1.30", role: .server)
    static let gateway = Computer(name: "NWH-RDG01", address: "10.20.5.10", role: .server)
    static let servers: [Computer] = [
        domainController, secondDomainController, fileServer, databaseServer, gateway,
        Computer(name: "NWH-APP01", address: "10.20.1.40", role: .server),
        Computer(name: "NWH-PRN01", address: "10.20.1.50", role: .server),
        Computer(name: "NWH-BKP01", address: "10.20.1.60", role: .server),
    ]
    static let computers = workstations + servers

    /// The workstation a person uses.
    static func workstation(of person: Person) -> Computer { workstations[person.number % workstations.count] }

    private static let departments = ["Operations", "Finance", "Chartering", "Engineering", "People", "Legal"]
    private static let firstNames = [
        "Maren", "Tobias", "Ingrid", "Elias", "Sofie", "Henrik", "Linnea", "Jonas", "Freja", "Anders", "Nora", "Mikkel",
        "Astrid", "Lars", "Thea", "Oskar", "Emma", "Viktor", "Ida", "Rasmus", "Klara", "Magnus", "Sigrid", "Felix",
        "Amalie", "Johan", "Vera", "Nils", "Ella", "Simon", "Hanna", "Erik", "Mathilde", "Leo", "Signe", "Gustav",
        "Alma", "Peder", "Ronja", "Axel", "Julie", "Karsten", "Tilde", "Bjorn", "Lotte", "Arvid", "Selma", "Torben",
        "Maja", "Kasper",
    ]
    private static let lastNames = [
        "Solberg", "Lindqvist", "Brandt", "Haugen", "Eriksen", "Dahl", "Nystrom", "Falk", "Berg", "Voss", "Holm",
        "Strand", "Krog", "Lund", "Ahlgren", "Rask", "Moen", "Thorsen", "Wiik", "Ekman", "Friis", "Gran", "Hjort",
        "Iversen", "Juhl", "Kvist", "Lien", "Meyer", "Norberg", "Olsen", "Palm", "Quist", "Rosen", "Skov", "Toft",
        "Ulstein", "Vang", "Westby", "Ytter", "Zander", "Aas", "Bakke", "Carlsen", "Drage", "Engen", "Fjeld", "Grove",
        "Hagen", "Isdal", "Jensvold",
    ]
}
