internal import Chronology
internal import Foundation
internal import Yams

/// Why a plan file cannot be used.
public struct PlanProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file's path.
    public let file: String
    /// The line it is about, counted from 1.
    public let line: Int
    /// What is wrong and what to do.
    public let message: String

    public var description: String { "\(file):\(line): \(message)" }
}

extension ResponsePlan {
    /// Reads a plan out of the text of a file.
    public init(text: String, file: String) throws(PlanProblem) {
        let (header, body) = try ResponsePlan.split(text, file: file)
        let fields: FrontMatter
        do {
            fields = try YAMLDecoder().decode(FrontMatter.self, from: header)
        } catch {
            throw PlanProblem(file: file, line: 2, message: "the front matter cannot be read: \(error)")
        }
        func date(_ text: String?, _ key: String) throws(PlanProblem) -> Instant? {
            guard let text else { return nil }
            guard let instant = Instant(iso8601: text) else {
                throw PlanProblem(
                    file: file, line: 2, message: "\(key) is '\(text)'; write a date as 2026-01-31, in quotes")
            }
            return instant
        }
        guard let reviewed = try date(fields.reviewed, "reviewed") else {
            throw PlanProblem(
                file: file, line: 2, message: "the front matter has no 'reviewed' date; add the day of the last review")
        }
        guard fields.reviewEveryMonths.map({ (1...120).contains($0) }) ?? true else {
            throw PlanProblem(file: file, line: 2, message: "reviewEveryMonths must be between 1 and 120")
        }
        self.init(
            id: URL(filePath: file).deletingPathExtension().lastPathComponent,
            title: fields.title,
            version: fields.version ?? "1",
            roles: (fields.roles ?? []).map {
                Role(name: $0.name, holder: $0.holder ?? "unassigned", duties: $0.duties)
            },
            phases: fields.phases ?? [],
            approvedBy: fields.approvedBy,
            approvedOn: try date(fields.approved, "approved"),
            reviewedOn: reviewed,
            reviewEveryMonths: fields.reviewEveryMonths ?? 12,
            body: body)
    }

    private static func split(_ text: String, file: String) throws(PlanProblem) -> (header: String, body: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.first == "---", let end = lines.dropFirst().firstIndex(of: "---") else {
            throw PlanProblem(
                file: file, line: 1,
                message: "a plan starts with front matter: a line '---', title, roles, phases, reviewed, a line '---'")
        }
        return (lines[1..<end].joined(separator: "\n"), lines[(end + 1)...].joined(separator: "\n"))
    }

    private struct FrontMatter: Decodable {
        let title: String
        let version: String?
        let roles: [RoleEntry]?
        let phases: [String]?
        let approved: String?
        let approvedBy: String?
        let reviewed: String?
        let reviewEveryMonths: Int?
    }

    private struct RoleEntry: Decodable {
        let name: String
        let holder: String?
        let duties: String?
    }
}

/// The plans of a folder, and what was wrong with the others.
public struct PlanFolder: Sendable {
    public let plans: [ResponsePlan]
    public let problems: [PlanProblem]

    /// Reads every `.md` file of a folder; a folder that is not there holds no plans.
    public init(_ folder: String) {
        var plans: [ResponsePlan] = []
        var problems: [PlanProblem] = []
        // An absent folder is no problem: there are no plans then, and the page says so.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names.sorted() where name.hasSuffix(".md") {
            let path = "\(folder)/\(name)"
            do {
                let text = try String(contentsOfFile: path, encoding: .utf8)
                plans.append(try ResponsePlan(text: text, file: path))
            } catch let problem as PlanProblem {
                problems.append(problem)
            } catch {
                problems.append(PlanProblem(file: path, line: 1, message: "cannot be read: \(error)"))
            }
        }
        self.plans = plans
        self.problems = problems
    }
}
