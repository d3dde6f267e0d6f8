# The twenty checks of governed.ts as a set of reasons: ten rules that come with Flow, five limits on plans, three freezes, two gates; and approvals.
package flow

now := time.parse_rfc3339_ns(input.now)

minutes(at) := (now - time.parse_rfc3339_ns(at)) / 60000000000

shares_region(other) if {
	some region in other.regions
	some target in input.facts.targets
	target.region == region
}

reasons contains sprintf("%v, which %v calls, is being deployed in the same region", [other.serviceName, input.facts.service.name]) if {
	some other in input.facts.others
	other.relation == "dependency"
	other.state == "inFlight"
	shares_region(other)
}

reasons contains sprintf("Another deployment of %v is moving", [input.facts.service.name]) if {
	some other in input.facts.others
	other.relation == "same"
	other.state == "inFlight"
	other.environmentKind == input.facts.environment.kind
}

too_many if {
	some target in input.facts.targets
	target.inFlightInRegion >= 10
}

too_many if {
	some target in input.facts.targets
	target.inFlightInCluster >= 5
}

too_many if input.facts.inFlight.tenant >= 20

reasons contains sprintf("Too much is moving at once: %v", [input.facts.inFlight.tenant]) if too_many

reasons contains "The last deployment was rolled back, and this is the same artifact" if {
	input.facts.previous.state == "rolledBack"
	input.facts.previous.digest == input.facts.artifact.digest
}

reasons contains sprintf("It has run for %v minutes below", [minutes(input.facts.artifact.soakingSince)]) if {
	minutes(input.facts.artifact.soakingSince) < 60
}

reasons contains sprintf("An incident is open: %v", [incident.title]) if {
	some incident in input.facts.incidents
	incident.relation in {"same", "dependency"}
}

working if {
	time.weekday(now) in {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday"}
	clock := time.clock([now, input.facts.service.workingHours.zone])
	minute := (clock[0] * 60) + clock[1]
	minute >= input.facts.service.workingHours.startMinute
	minute < input.facts.service.workingHours.endMinute
}

reasons contains "It is outside working hours" if not working

reasons contains "There is no way back" if {
	some target in input.facts.targets
	target.hasRelease
	not target.lastGoodKnown
}

reasons contains sprintf("%v runs something newer", [name]) if some name in input.facts.artifact.newerBelow

reasons contains "The error budget is spent" if input.facts.errorBudget.remainingPercent <= 0

steps := input.plan.plan.strategy.steps

weights := [step.percent | some step in steps; step.kind == "weight"]

reasons contains "A canary is required" if count(weights) == 0

reasons contains sprintf("The first step serves %v percent; at most 10 are allowed", [weights[0]]) if weights[0] > 10

reasons contains sprintf("A step is watched for %v s; at least 60 s is required", [step.durationSeconds]) if {
	some step in steps
	step.kind == "pause"
	step.durationSeconds < 60
}

reasons contains "An analysis is required" if input.plan.plan.strategy.analysis == null

reasons contains sprintf("One wave goes to %v regions; at most one is allowed", [found]) if {
	some wave in input.plan.plan.waves
	found := count({target.region | some target in wave.targets})
	found > 1
}

reasons contains "Frozen by the weekend" if time.weekday(now) in {"Saturday", "Sunday"}

reasons contains "Frozen by the end of the year" if {
	now >= time.parse_rfc3339_ns("2026-12-18T18:00:00Z")
	now < time.parse_rfc3339_ns("2027-01-04T08:00:00Z")
}

reasons contains "Frozen by the night" if time.clock(now)[0] >= 22

reasons contains "Frozen by the night" if time.clock(now)[0] < 6

reasons contains sprintf("%v: there is no evidence yet", [gate]) if some gate in {"gate-0", "gate-1"}

reasons contains sprintf("It needs %v more approvals", [input.requiredApprovals]) if input.facts.approvals.count < input.requiredApprovals
