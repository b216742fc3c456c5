package topic

// Maintenance tells gateways that an operator decided whether changes wait.
// Nothing is in the message: the row says what.
const Maintenance = "maintenance"

// MaintenanceChange is the message.
type MaintenanceChange struct{}
