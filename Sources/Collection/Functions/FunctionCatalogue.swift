public import Foundation
public import KQL

/// The functions that queries may call because content defines them: saved functions and normalising parsers.
public struct FunctionCatalogue: Sendable {
    /// By name; a function with several names is there under each.
    public private(set) var functions: [String: SavedFunction] = [:]
    /// What the functions under `asim` normalise to.
    public private(set) var schemas: [NormalizedSchema] = []

    /// Reads the folder `content/functions`; a faulty file is left out and named in `faults`.
    ///
    /// - `*.yaml`: saved functions in the form in which Microsoft Sentinel publishes parsers.
    /// - `asim/common.yaml` and `asim/SCHEMA/schema.yaml`: a normalised schema; `asim/SCHEMA/*.kql`: its parsers.
    public static func load(from folder: URL) -> (catalogue: FunctionCatalogue, faults: [ContentFault]) {
        var catalogue = FunctionCatalogue()
        var faults: [ContentFault] = []
        catalogue.readSchemas(in: folder.appending(path: "asim"), faults: &faults)
        guard FileManager.default.fileExists(atPath: folder.path) else { return (catalogue, faults) }
        // Functions of a person's own come last: they may take the place of what ships.
        for file in ContentFolder.files(of: folder, withExtension: "yaml", faults: &faults) {
            do throws(ContentFault) {
                catalogue.add(try SavedFunctionFile(YAMLValue.read(file)).functions)
            } catch {
                faults.append(error)
            }
        }
        return (catalogue, faults)
    }

    private mutating func readSchemas(in folder: URL, faults: inout [ContentFault]) {
        let commonFile = folder.appending(path: "common.yaml")
        guard FileManager.default.fileExists(atPath: commonFile.path) else { return }
        do throws(ContentFault) {
            let common = try NormalizedSchema.Definition(YAMLValue.read(commonFile))
            for schemaFolder in ContentFolder.files(of: folder, withExtension: "", faults: &faults) {
                do throws(ContentFault) {
                    let schema = try NormalizedSchema(folder: schemaFolder, common: common, faults: &faults)
                    schemas.append(schema)
                    add(schema.savedFunctions)
                } catch {
                    faults.append(error)
                }
            }
        } catch {
            faults.append(error)
        }
    }

    private mutating func add(_ more: [SavedFunction]) {
        for function in more { functions[function.name] = function }
    }
}
