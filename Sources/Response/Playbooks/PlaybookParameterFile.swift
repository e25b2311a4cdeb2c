public import JSON

/// Reads `playbook-parameters.yaml`: for each playbook, the values of its parameters.
public enum PlaybookParameterFile {
    public static func read(
        _ text: String, file: String
    ) -> (values: [String: JSONObject], problems: [RuleProblem]) {
        let document: JSON
        do throws(RuleProblem) {
            document = try YAMLReading.json(text, file: file)
        } catch {
            return ([:], [error])
        }
        var values: [String: JSONObject] = [:]
        var problems: [RuleProblem] = []
        for (playbook, parameters) in document.objectValue ?? [:] {
            if let members = parameters.objectValue {
                values[playbook] = members
            } else {
                let message = "'\(playbook)' is followed by a mapping of parameters to values"
                problems.append(RuleProblem(file: file, line: 0, path: playbook, message: message))
            }
        }
        return (values, problems)
    }
}
