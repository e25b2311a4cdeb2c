import Chronology
import Notification
import Testing

struct DeliveryTests {
    let start = Instant(unixMicroseconds: 0)

    @Test func `a refused message is tried again after growing pauses, then given up`() {
        let policy = Delivery.Policy(firstPause: .seconds(30), longestPause: .minutes(2), maximumAttempts: 5)
        var delivery = Delivery(dueAt: start)
        var now = start
        var pauses: [Double] = []
        while case .due(let time) = delivery.state {
            if time > now { pauses.append((time - now).seconds) }
            now = time
            let began = delivery.begin(at: now)
            #expect(began)
            delivery.fail(DeliveryFailure(isPermanent: false, reason: "busy"), at: now, policy: policy)
        }
        #expect(pauses == [30, 60, 120, 120])
        #expect(delivery.state == .abandoned(now))
        #expect(delivery.attempts == 5)
    }

    @Test func `a permanent failure is final`() {
        var delivery = Delivery(dueAt: start)
        let began = delivery.begin(at: start)
        #expect(began)
        delivery.fail(DeliveryFailure(isPermanent: true, reason: "no such user"), at: start, policy: .standard)
        #expect(delivery.state == .abandoned(start))
        #expect(delivery.lastFailure == "no such user")
    }

    @Test func `nothing is sent before its time, twice at once, or after it arrived`() {
        var delivery = Delivery(dueAt: start + .seconds(5))
        let early = delivery.begin(at: start)
        #expect(!early)
        let first = delivery.begin(at: start + .seconds(5))
        let second = delivery.begin(at: start + .seconds(5))
        #expect(first && !second)
        delivery.succeed(at: start + .seconds(6))
        let after = delivery.begin(at: start + .hours(1))
        #expect(!after)
        #expect(delivery.state == .delivered(start + .seconds(6)))
    }

    @Test func `what was being sent at the end of the process is sent again`() {
        var delivery = Delivery(state: .sending(since: start), attempts: 1, lastFailure: nil)
        delivery.recover(at: start + .minutes(1))
        #expect(delivery.state == .due(start + .minutes(1)))
    }
}
