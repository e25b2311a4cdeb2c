internal import Yams

/// The types of incident that content declares.
public struct IncidentTypes: Sendable {
    /// A file that declares no type, and why.
    public struct Fault: Error, Sendable, Hashable, CustomStringConvertible {
        public let file: String
        public let message: String

        public var description: String { "\(file): \(message)" }
    }

    /// By name.
    public let all: [IncidentType]
    public let faults: [Fault]

    public static let empty = IncidentTypes(files: [])

    /// Reads YAML files, one type each; of a faulty file nothing is taken, and it is told of.
    public init(files: [(path: String, text: String)]) {
        var types: [String: IncidentType] = [:]
        var faults: [Fault] = []
        for (path, text) in files {
            do {
                let type = try IncidentType(yaml: text, file: path)
                if types[type.name] != nil {
                    throw Fault(file: path, message: "another file declares the type '\(type.name)' already")
                }
                types[type.name] = type
            } catch let fault as Fault {
                faults.append(fault)
            } catch {
                faults.append(Fault(file: path, message: "this is no incident type: \(error)"))
            }
        }
        all = types.values.sorted { $0.name < $1.name }
        self.faults = faults
    }

    /// The type of a name in any letter case.
    public subscript(name: String) -> IncidentType? {
        all.first { $0.name.lowercased() == name.lowercased() }
    }
}

extension IncidentType {
    fileprivate init(yaml text: String, file: String) throws {
        let source = try YAMLDecoder().decode(Source.self, from: text)
        func fault(_ message: String) -> IncidentTypes.Fault { IncidentTypes.Fault(file: file, message: message) }
        let isName = source.name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        guard !source.name.isEmpty, isName else {
            throw fault("the name '\(source.name)' may have letters, digits and hyphens only")
        }
        let fields = try (source.fields ?? []).map { field in
            guard let form = field.form else {
                throw fault(
                    "the field '\(field.name)' has the type '\(field.type)'; known are text, number, date, choice, "
                        + "multipleChoice, user, boolean, and the choices need a list 'choices'")
            }
            return CustomField(name: field.name, title: field.title ?? field.name, form: form)
        }
        guard Set(fields.map(\.name)).count == fields.count else { throw fault("two fields have the same name") }
        let tasks = source.tasks ?? []
        guard tasks.count <= CasebookLimits.tasksPerIncident else {
            throw fault("there are \(tasks.count) tasks; an incident has at most \(CasebookLimits.tasksPerIncident)")
        }
        self.init(
            name: source.name, title: source.title ?? source.name, fields: fields,
            tasks: tasks.map { Task(title: $0.title, description: $0.description ?? "") }, labels: source.labels ?? [])
        for task in self.tasks { try FieldCheck.title(task.title) }
        for label in labels { try FieldCheck.label(IncidentLabel(name: label)) }
    }

    /// The file's form.
    private struct Source: Decodable {
        struct Field: Decodable {
            let name: String
            let title: String?
            let type: String
            let choices: [String]?

            var form: CustomField.Form? {
                switch type {
                case "text": .text
                case "number": .number
                case "date": .date
                case "user": .user
                case "boolean": .boolean
                case "choice": (choices?.isEmpty ?? true) ? nil : .choice(choices ?? [])
                case "multipleChoice": (choices?.isEmpty ?? true) ? nil : .multipleChoice(choices ?? [])
                default: nil
                }
            }
        }

        struct Task: Decodable {
            let title: String
            let description: String?
        }

        let name: String
        let title: String?
        let fields: [Field]?
        let tasks: [Task]?
        let labels: [String]?
    }
}
