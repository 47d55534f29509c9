package main

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	proto "go.sia.tech/core/rhp/v4"
	"go.sia.tech/core/types"
	"go.sia.tech/coreutils/chain"
	rhp "go.sia.tech/coreutils/rhp/v4"
	"go.sia.tech/coreutils/rhp/v4/quic"
	"go.sia.tech/coreutils/rhp/v4/siamux"
	"go.sia.tech/coreutils/testutil"
	"go.sia.tech/coreutils/wallet"
	"go.uber.org/zap"
)

// Host is the Foundation's RHP4 server with its contracts and payment, over sectors in memory, and with faults between
// the server and the rest of the host.
type Host struct {
	*testutil.EphemeralContractor
	sectors *Sectors
	faults  *Faults
	app     proto.Account // of the app key that tests begin with
	door    *Door
	wallet  *wallet.SingleAddressWallet
	key     types.PrivateKey
	server  *rhp.Server
	chain   *Chain
	log     *zap.Logger

	settings, reads, readBytes, writes, writeBytes, errors atomic.Int64
}

const (
	blocksPerMonth = 144 * 30
	terabyte       = 1 << 40 / proto.SectorSize
)

func perTerabyte(siacoins uint32) types.Currency { return types.Siacoins(siacoins).Div64(1e12) }

func newHost(c *Chain, seed string, index int, memory *Memory, app proto.Account, log *zap.Logger) (*Host, error) {
	secret := types.HashBytes([]byte(fmt.Sprintf("host %d of %s", index, seed)))
	host := &Host{
		EphemeralContractor: testutil.NewEphemeralContractor(c.Manager),
		sectors:             newSectors(memory),
		faults:              newFaults(),
		app:                 app,
		key:                 types.NewPrivateKeyFromSeed(secret[:]),
		chain:               c,
		log:                 log,
	}
	host.door = newDoor(host.faults)
	store := testutil.NewEphemeralWalletStore()
	var err error
	if host.wallet, err = wallet.NewSingleAddressWallet(host.key, c.Manager, store, alone{}); err != nil {
		return nil, err
	}
	host.server = rhp.NewServer(host.key, c, host, host.wallet, host, host, rhp.WithPriceTableValidity(30*time.Minute))
	if err := c.follow(func() error { return host.catchUp(store) }); err != nil {
		return nil, err
	}
	return host, host.start()
}

func (h *Host) catchUp(store *testutil.EphemeralWalletStore) error {
	tip, err := store.Tip()
	if err != nil {
		return err
	}
	for tip != h.chain.Tip() {
		reverted, applied, err := h.chain.UpdatesSince(tip, 1000)
		if err != nil {
			return err
		}
		if err := h.EphemeralContractor.UpdateChainState(reverted, applied); err != nil {
			return err
		}
		if err := store.UpdateChainState(func(tx wallet.UpdateTx) error {
			return h.wallet.UpdateChainState(tx, reverted, applied)
		}); err != nil {
			return err
		}
		tip = applied[len(applied)-1].State.Index
	}
	return nil
}

func (h *Host) start() error {
	if h.door.isOpen() {
		return nil
	}
	listener, err := h.door.open()
	if err != nil {
		return err
	}
	go siamux.Serve(listener, h.server, h.log)
	return nil
}

// address is the unspecified one because indexd drops hosts that announce a private or a loopback address.
func (h *Host) address() string {
	return "[::]" + h.door.address[strings.LastIndexByte(h.door.address, ':'):]
}

// announce tells the chain where the host is. indexd wants hosts that speak QUIC too and drops the loopback address
// before it would use it, so nothing has to listen there.
func (h *Host) announce() error {
	state := h.chain.TipState()
	addresses := chain.V2HostAnnouncement{
		{Protocol: siamux.Protocol, Address: h.address()},
		{Protocol: quic.Protocol, Address: "127.0.0.1:49151"},
	}
	fee := h.chain.RecommendedFee().Mul64(1000)
	txn := types.V2Transaction{Attestations: []types.Attestation{addresses.ToAttestation(state, h.key)}, MinerFee: fee}
	basis, toSign, err := h.wallet.FundV2Transaction(&txn, fee, true)
	if err != nil {
		return err
	}
	h.wallet.SignV2Inputs(&txn, toSign)
	_, err = h.chain.AddV2PoolTransactions(basis, []types.V2Transaction{txn})
	return err
}

// freeSectors is a terabyte until memory is full: indexd makes no contract with a host that has less than 10 GB.
func (h *Host) freeSectors() uint64 {
	if h.sectors.memory.isFull() {
		return 0
	}
	return terabyte
}

// RHP4Settings implements rhp.Settings: hostd's default prices.
func (h *Host) RHP4Settings() proto.HostSettings {
	h.settings.Add(1)
	h.suffer("settings", false)
	return proto.HostSettings{
		Release:             "hostd test",
		AcceptingContracts:  true,
		WalletAddress:       h.wallet.Address(),
		MaxCollateral:       types.Siacoins(1000),
		MaxContractDuration: 3 * blocksPerMonth,
		RemainingStorage:    h.freeSectors(),
		TotalStorage:        terabyte,
		Prices: proto.HostPrices{
			ContractPrice: types.Siacoins(1).Div64(5),
			StoragePrice:  perTerabyte(150).Div64(blocksPerMonth),
			Collateral:    perTerabyte(300).Div64(blocksPerMonth),
			IngressPrice:  perTerabyte(10),
			EgressPrice:   perTerabyte(500),
		},
	}
}

// DebitAccount implements rhp.Contractor. Every read and write passes here once, before it is answered.
func (h *Host) DebitAccount(account proto.Account, usage proto.Usage) error {
	rpc := "read"
	if !usage.Ingress.IsZero() {
		rpc = "write"
	}
	err := h.suffer(rpc, account == h.app)
	if err == nil {
		err = h.EphemeralContractor.DebitAccount(account, usage)
	}
	if err != nil {
		h.errors.Add(1)
	}
	return err
}

func (h *Host) suffer(rpc string, byApp bool) error {
	if fault, _ := h.faults.current(); fault.Kind == "wrong_bytes" || fault.Kind == "wrong_proof" || fault.Kind == "short_data" {
		return nil // ReadSector takes these
	}
	fault, changed := h.faults.take(rpc, byApp)
	switch fault.Kind {
	case "stall":
		<-changed
	case "slow":
		time.Sleep(time.Duration(fault.DelayMS) * time.Millisecond)
	case "reset":
		h.door.resetAfter(fault.AfterBytes)
	case "error":
		return errorOf(fault.Text)
	}
	return nil
}

func errorOf(text string) error {
	for _, known := range []error{
		proto.ErrNotEnoughFunds, proto.ErrNotEnoughStorage, proto.ErrSectorNotFound, proto.ErrSectorCorrupt,
		proto.ErrPricesExpired, proto.ErrTokenExpired, proto.ErrHostShuttingDown, proto.ErrHostInternalError,
	} {
		var rpcError *proto.RPCError
		if errors.As(known, &rpcError) && rpcError.Description == text {
			return known
		}
	}
	return proto.NewRPCError(proto.ErrorCodeHostError, text)
}

// HasSector implements rhp.Sectors.
func (h *Host) HasSector(root types.Hash256) (bool, error) { return h.sectors.HasSector(root) }

// StoreSector implements rhp.Sectors.
func (h *Host) StoreSector(root types.Hash256, data *[proto.SectorSize]byte, subtrees []types.Hash256, until uint64) error {
	h.writes.Add(1)
	h.writeBytes.Add(proto.SectorSize)
	return h.sectors.StoreSector(root, data, subtrees, until)
}

// ReadSector implements rhp.Sectors, and lies when told to.
func (h *Host) ReadSector(root types.Hash256, offset, length uint64) ([]byte, []types.Hash256, error) {
	h.reads.Add(1)
	h.readBytes.Add(int64(length))
	data, proof, err := h.sectors.ReadSector(root, offset, length)
	if err != nil {
		return nil, nil, err
	}
	fault, _ := h.faults.take("read", false)
	switch fault.Kind {
	case "short_data":
		return h.sectors.ReadSector(root, offset, max(length/2/proto.LeafSize, 1)*proto.LeafSize)
	case "wrong_proof":
		if len(proof) > 0 {
			proof[0][0] ^= 1
			return data, proof, nil
		}
		fallthrough
	case "wrong_bytes":
		data = append([]byte(nil), data...)
		data[len(data)/2] ^= 1
	}
	return data, proof, nil
}
