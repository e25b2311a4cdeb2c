// swift-tools-version: 6.2
import PackageDescription

// Fuzz targets, apart from the product: they are built with coverage instrumentation (`scripts/fuzz`, `make fuzz`).
let package = Package(
    name: "Fuzzing",
    dependencies: [.package(name: "tocsin", path: "..")],
    targets: [
        .executableTarget(name: "KQLFuzz", dependencies: [.product(name: "KQL", package: "tocsin")]),
        .executableTarget(name: "TextFuzz", dependencies: [.product(name: "Collection", package: "tocsin")]),
    ],
    cxxLanguageStandard: .cxx17
)

for target in package.targets {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),  // SE-0335
        .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409
        .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),  // SE-0461
        .treatAllWarnings(as: .error),
    ]
}
