package main

import (
	"net"
	"time"

	proto "go.sia.tech/core/rhp/v4"
	"go.sia.tech/core/types"
	"go.sia.tech/indexd/geoip"
	"go.sia.tech/indexd/persist/postgres"
)

// The hosts stand all over the world, in the same towns as those of the other network, so that maps and filters have
// something to show; all of them have one IP address, which no database of addresses could tell apart.
var towns = []geoip.Location{
	{CountryCode: "DE", Latitude: 52.52, Longitude: 13.40}, {CountryCode: "FR", Latitude: 48.86, Longitude: 2.35},
	{CountryCode: "FI", Latitude: 60.17, Longitude: 24.94}, {CountryCode: "US", Latitude: 40.71, Longitude: -74.01},
	{CountryCode: "US", Latitude: 37.77, Longitude: -122.42}, {CountryCode: "CA", Latitude: 43.65, Longitude: -79.38},
	{CountryCode: "BR", Latitude: -23.55, Longitude: -46.6}, {CountryCode: "GB", Latitude: 51.51, Longitude: -0.13},
	{CountryCode: "NL", Latitude: 52.37, Longitude: 4.90}, {CountryCode: "PL", Latitude: 52.23, Longitude: 21.01},
	{CountryCode: "JP", Latitude: 35.68, Longitude: 139.69}, {CountryCode: "SG", Latitude: 1.35, Longitude: 103.82},
	{CountryCode: "AU", Latitude: -33.9, Longitude: 151.21}, {CountryCode: "ZA", Latitude: -26.2, Longitude: 28.05},
	{CountryCode: "IN", Latitude: 19.08, Longitude: 72.88},
}

// placeOf keeps further hosts of a town 20 km apart: indexd makes no two contracts within 10 km.
func placeOf(index int) geoip.Location {
	place := towns[index%len(towns)]
	place.Latitude += 0.18 * float64(index/len(towns))
	return place
}

type noLocator struct{}

func (noLocator) Close() error                          { return nil }
func (noLocator) Locate(net.IP) (geoip.Location, error) { return geoip.Location{}, nil }

// placedStore knows the places of hosts by their keys.
type placedStore struct {
	*postgres.Store
	places map[types.PublicKey]geoip.Location
}

func (s placedStore) UpdateHostScan(key types.PublicKey, settings proto.HostSettings, _ geoip.Location, ok bool, next time.Time) error {
	return s.Store.UpdateHostScan(key, settings, s.places[key], ok, next)
}
