module siahub.invalid/sia_net_real

go 1.26.0

require (
	go.sia.tech/core v0.21.7
	go.sia.tech/coreutils v0.23.6-0.20260717131215-dfd89d065259
	go.sia.tech/indexd v0.4.2
	go.sia.tech/jape v0.14.1
	go.uber.org/zap v1.28.0
)
