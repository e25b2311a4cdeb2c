internal import Foundation
internal import KQLValues

extension SourceCatalogue {
    /// The transformations of all sources that have some, by the source's name; a source with a faulty one is left out and
    /// told in `faults`.
    func transformations(
        into tables: TableCatalogue, folder: URL? = nil
    ) -> (ready: [String: [Transformation]], faults: [ContentFault]) {
        var ready: [String: [Transformation]] = [:]
        var faults: [ContentFault] = []
        for source in sources {
            guard case .transformations(let outputs) = source.mapping else { continue }
            var own: [Transformation] = []
            for output in outputs {
                let path = "\(source.name)/\(output.file)"
                let file = folder?.appending(path: path).path ?? path
                guard let table = tables[output.table] else {
                    faults.append(
                        ContentFault(
                            file: file, problem: "there is no table \(output.table)", remedy: "describe it in schemas"))
                    continue
                }
                do throws(TransformationFault) {
                    own.append(try Transformation(output.text, over: source.input, into: table))
                } catch {
                    for fault in error.faults {
                        faults.append(
                            ContentFault(
                                file: file, line: fault.line, column: fault.column, problem: fault.message,
                                remedy: fault.hint ?? "correct the transformation"))
                    }
                }
            }
            if own.count == outputs.count { ready[source.name] = own }
        }
        return (ready, faults)
    }
}

extension SourceDefinition {
    /// What the columns of the table `source` are in this source's transformations.
    var input: Transformation.Input {
        .open(declared: fields, otherwise: format?.isTyped ?? true ? .dynamic : .string)
    }
}
