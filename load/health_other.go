//go:build !linux

// Elsewhere the machine is not read: zeroes, which say nothing.

package load

import "time"

type machineTime struct{ total, busy, steal int64 }

func ownTime() time.Duration           { return 0 }
func readMachineTime() machineTime     { return machineTime{} }
func residentBytes() int64             { return 0 }
func openFiles() (open int, limit int) { return 0, 0 }
