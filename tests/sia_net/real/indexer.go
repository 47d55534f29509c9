package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"time"

	"go.sia.tech/core/types"
	"go.sia.tech/coreutils/wallet"
	"go.sia.tech/indexd/accounts"
	"go.sia.tech/indexd/alerts"
	"go.sia.tech/indexd/api"
	"go.sia.tech/indexd/api/admin"
	"go.sia.tech/indexd/api/app"
	"go.sia.tech/indexd/client/v2"
	"go.sia.tech/indexd/contracts"
	"go.sia.tech/indexd/geoip"
	"go.sia.tech/indexd/hosts"
	"go.sia.tech/indexd/keys"
	"go.sia.tech/indexd/persist/postgres"
	"go.sia.tech/indexd/pins"
	"go.sia.tech/indexd/slabs"
	"go.sia.tech/indexd/stats"
	"go.sia.tech/indexd/subscriber"
	"go.sia.tech/jape"
	"go.uber.org/zap"
)

// oneDollar is the exchange rate of a siacoin here.
type oneDollar struct{}

func (oneDollar) BaseURL() string                                              { return "http://127.0.0.1" }
func (oneDollar) SiacoinExchangeRate(context.Context, string) (float64, error) { return 1, nil }

// IndexerOptions is what stays the same when indexd stops and starts again.
type IndexerOptions struct {
	chain     *Chain
	database  postgres.ConnectionInfo
	walletKey types.PrivateKey
	places    map[types.PublicKey]geoip.Location
	pace      time.Duration // of all that indexd does by itself
	password  string
	faults    *RequestFaults
	log       *zap.Logger
}

// Indexer is one run of indexd: its managers put together as its own main program does, with both APIs.
type Indexer struct {
	store     *postgres.Store
	accounts  *accounts.AccountManager
	contracts *contracts.ContractManager
	hosts     *hosts.HostManager
	follower  *subscriber.Subscriber
	closers   []func() error
}

func (i *Indexer) closeLater(closer func() error) { i.closers = append(i.closers, closer) }

// close ends what was begun, the last first.
func (i *Indexer) close() error {
	var failures []error
	for _, closer := range slices.Backward(i.closers) {
		failures = append(failures, closer())
	}
	i.closers = nil
	return errors.Join(failures...)
}

// startIndexer serves the two APIs on the given listeners, which it closes in the end.
func startIndexer(o IndexerOptions, appListener, adminListener net.Listener) (i *Indexer, err error) {
	i = &Indexer{}
	defer func() {
		if err != nil {
			i.close()
		}
	}()
	wanted := contracts.MaintenanceSettings{Enabled: true, Period: 144, RenewWindow: 72, WantedContracts: 50}
	i.store, err = postgres.NewStore(context.Background(), o.database, wanted, hosts.DefaultUsabilitySettings, o.log)
	if err != nil {
		return nil, err
	}
	i.closeLater(i.store.Close)
	purse, err := wallet.NewSingleAddressWallet(o.walletKey, o.chain.Manager, i.store, alone{}, wallet.WithDefragThreshold(500))
	if err != nil {
		return nil, err
	}
	i.closeLater(purse.Close)
	return i, i.assemble(o, purse, appListener, adminListener)
}

func (i *Indexer) assemble(o IndexerOptions, purse *wallet.SingleAddressWallet, appListener, adminListener net.Listener) (err error) {
	dialer := client.New(client.NewProvider(hosts.NewHostStore(i.store)), o.log)
	i.closeLater(dialer.Close)
	alerter := alerts.NewManager()
	if i.hosts, err = hosts.NewManager(alone{}, noLocator{}, dialer, placedStore{i.store, o.places}, alerter,
		hosts.WithLogger(o.log), hosts.WithScanFrequency(o.pace), hosts.WithScanInterval(10*o.pace)); err != nil {
		return fmt.Errorf("hosts: %w", err)
	}
	i.closeLater(i.hosts.Close)
	if i.accounts, err = accounts.NewManager(i.store, accounts.WithLogger(o.log), accounts.WithPruneAccountsInterval(o.pace)); err != nil {
		return fmt.Errorf("accounts: %w", err)
	}
	i.closeLater(i.accounts.Close)
	if err = i.makeContracts(o, purse, dialer); err != nil {
		return fmt.Errorf("contracts: %w", err)
	}
	migrationKey, integrityKey := keys.DerivePrivateKey(o.walletKey, "migration"), keys.DerivePrivateKey(o.walletKey, "integrity")
	keeper, err := slabs.NewManager(o.chain, i.accounts, i.contracts, i.hosts, i.store, dialer, alerter, migrationKey, integrityKey,
		slabs.WithLogger(o.log), slabs.WithHealthCheckInterval(o.pace), slabs.WithPruneDeletedSlabsInterval(o.pace))
	if err != nil {
		return fmt.Errorf("slabs: %w", err)
	}
	i.closeLater(keeper.Close)
	counter, err := stats.NewManager(i.store)
	if err != nil {
		return fmt.Errorf("stats: %w", err)
	}
	i.closeLater(counter.Close)
	if i.follower, err = subscriber.New(o.chain, i.hosts, i.contracts, purse, i.store, subscriber.WithLogger(o.log)); err != nil {
		return fmt.Errorf("subscriber: %w", err)
	}
	i.closeLater(i.follower.Close)
	return i.listen(o, purse, alerter, keeper, appListener, adminListener)
}

func (i *Indexer) makeContracts(o IndexerOptions, purse *wallet.SingleAddressWallet, dialer *client.Client) (err error) {
	signer := contracts.NewFormContractSigner(purse, o.walletKey)
	locker := contracts.NewContractLocker()
	revisions := contracts.NewRevisionManager(dialer, o.chain, i.store, 1, o.log)
	funder := contracts.NewFunder(dialer, locker, revisions, signer, o.chain, o.log)
	i.contracts, err = contracts.NewManager(o.walletKey, i.accounts, funder, o.chain, i.store, dialer, signer, revisions,
		locker, i.hosts, alone{}, purse, contracts.WithLogger(o.log), contracts.WithMaintenanceFrequency(o.pace),
		contracts.WithSyncPollInterval(o.pace), contracts.WithMaxAccountFundingBackoff(0),
		contracts.WithPruneIntervalSuccess(5*o.pace))
	if err == nil {
		i.closeLater(i.contracts.Close)
	}
	return err
}

func (i *Indexer) listen(o IndexerOptions, purse *wallet.SingleAddressWallet, alerter *alerts.Manager, keeper *slabs.SlabManager,
	appListener, adminListener net.Listener) error {
	prices, err := pins.NewManager(oneDollar{}, i.hosts, i.store)
	if err != nil {
		return fmt.Errorf("pins: %w", err)
	}
	i.closeLater(prices.Close)
	application, err := app.NewAPI("http://"+appListener.Addr().String(), i.hosts, i.accounts, i.contracts, keeper,
		app.WithLogger(o.log), app.WithRateLimiter(api.NewIPRateLimiter(time.Minute, 10, 10*time.Minute)))
	if err != nil {
		return fmt.Errorf("application API: %w", err)
	}
	i.serve(appListener, o.faults.before(application))
	administration := jape.BasicAuth(o.password)(admin.NewAPI(o.chain, i.accounts, i.contracts, i.hosts, prices, keeper,
		i.follower, alone{}, purse, alerter, admin.WithLogger(o.log), admin.WithDebug(), admin.WithExplorer(oneDollar{})))
	i.serve(adminListener, o.faults.before(administration))
	return nil
}

func (i *Indexer) serve(listener net.Listener, handler http.Handler) {
	server := &http.Server{Handler: handler}
	go server.Serve(listener)
	i.closeLater(server.Close)
}
