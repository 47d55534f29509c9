module siahub.invalid/sia_net_real

go 1.26.0

require (
	go.sia.tech/core v0.21.6
	go.sia.tech/coreutils v0.23.5
	go.sia.tech/indexd v0.4.0
	go.sia.tech/jape v0.14.1
	go.uber.org/zap v1.28.0
)
