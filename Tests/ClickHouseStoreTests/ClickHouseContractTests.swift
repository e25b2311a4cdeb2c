import EventStore
import EventStoreContract
import Testing

@Suite struct `ClickHouse keeps the contract of event stores` {
    @Test func `values of every type come back as they went`() async throws {
        try await StoreContract.valuesComeBackAsTheyWent(OpenStore.at())
    }

    @Test func `many rows all arrive`() async throws {
        try await StoreContract.manyRowsAllArrive(OpenStore.at())
    }

    @Test func `dynamic columns may travel as text`() async throws {
        try await StoreContract.dynamicColumnsMayTravelAsText(OpenStore.at())
    }

    @Test func `ill-formed text is repaired`() async throws {
        try await StoreContract.illFormedTextIsRepaired(OpenStore.at())
    }

    @Test func `columns are added and old rows lack them`() async throws {
        try await StoreContract.columnsAreAddedAndOldRowsLackThem(OpenStore.at())
    }

    @Test func `a taken name gets the suffix of its type`() async throws {
        try await StoreContract.aTakenNameGetsTheSuffixOfItsType(OpenStore.at())
    }

    @Test func `names differ by case`() async throws {
        try await StoreContract.namesDifferByCase(OpenStore.at())
    }

    @Test func `a delivery is stored once`() async throws {
        try await StoreContract.aDeliveryIsStoredOnce(OpenStore.at())
    }

    @Test func `a bad batch stores nothing`() async throws {
        try await StoreContract.aBadBatchStoresNothing(OpenStore.at())
    }

    @Test func `concurrent appends all arrive`() async throws {
        try await StoreContract.concurrentAppendsAllArrive(OpenStore.at())
    }

    @Test func `old rows are deleted`() async throws {
        try await StoreContract.oldRowsAreDeleted(OpenStore.at())
    }

    @Test func `scans honour time and limits`() async throws {
        try await StoreContract.scansHonourTimeAndLimits(OpenStore.at())
    }

    @Test func `a session sees one state`() async throws {
        try await StoreContract.aSessionSeesOneState(OpenStore.at())
    }

    @Test func `a closed store refuses`() async throws {
        try await StoreContract.aClosedStoreRefuses(OpenStore.at())
    }
}
