# The condition of D2.
package flow

holds if {
	some other in input.others
	other.relation == "dependency"
	other.state == "failed"
}

holds if input.environment.kind == "staging"
