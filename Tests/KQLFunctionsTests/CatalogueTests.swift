import KQLFunctions
import Testing

struct CatalogueTests {
    private let catalogue = FunctionCatalogue.standard

    @Test func `every function has a summary and a signature`() {
        for function in catalogue.scalars {
            #expect(!function.signatures.isEmpty, "\(function.name)")
            #expect(function.summary.hasSuffix("."), "\(function.name)")
        }
        for function in catalogue.aggregates {
            #expect(!function.signatures.isEmpty, "\(function.name)")
            #expect(function.summary.hasSuffix("."), "\(function.name)")
        }
    }

    @Test func `no two functions share a name`() {
        let names = catalogue.scalars.flatMap { [$0.name] + $0.aliases }
        #expect(Set(names).count == names.count, "\(repeated(names))")
        let aggregates = catalogue.aggregates.flatMap { [$0.name] + $0.aliases }
        #expect(Set(aggregates).count == aggregates.count, "\(repeated(aggregates))")
    }

    @Test func `aliases find the function they stand for`() {
        #expect(catalogue.scalar("parse_json")?.name == "todynamic")
        #expect(catalogue.scalar("notcontains")?.name == "!contains")
        #expect(catalogue.aggregate("makeset")?.name == "make_set")
        #expect(catalogue.scalar("no_such_function") == nil)
    }

    private func repeated(_ names: [String]) -> [String] {
        Dictionary(grouping: names, by: \.self).filter { $0.value.count > 1 }.keys.sorted()
    }
}
