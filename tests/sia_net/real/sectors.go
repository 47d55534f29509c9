package main

import (
	"sync"
	"sync/atomic"

	proto "go.sia.tech/core/rhp/v4"
	"go.sia.tech/core/types"
)

// Memory is what the sectors of all hosts may take together.
type Memory struct {
	limit, used atomic.Int64
}

func (m *Memory) take() bool {
	if m.used.Add(proto.SectorSize) <= m.limit.Load() {
		return true
	}
	m.release()
	return false
}

func (m *Memory) release() { m.used.Add(-proto.SectorSize) }

func (m *Memory) isFull() bool { return m.used.Load()+proto.SectorSize > m.limit.Load() }

type sector struct {
	data     *[proto.SectorSize]byte
	subtrees []types.Hash256
}

// Sectors keeps what was written to one host, and the subtrees of its Merkle trees, as hostd does.
type Sectors struct {
	memory *Memory

	mu   sync.RWMutex
	held map[types.Hash256]sector
}

func newSectors(memory *Memory) *Sectors {
	return &Sectors{memory: memory, held: make(map[types.Hash256]sector)}
}

func (s *Sectors) get(root types.Hash256) (sector, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	found, ok := s.held[root]
	return found, ok
}

// HasSector implements rhp.Sectors.
func (s *Sectors) HasSector(root types.Hash256) (bool, error) {
	_, ok := s.get(root)
	return ok, nil
}

// StoreSector implements rhp.Sectors. Nothing expires here.
func (s *Sectors) StoreSector(root types.Hash256, data *[proto.SectorSize]byte, subtrees []types.Hash256, _ uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.held[root]; ok {
		return nil
	}
	if !s.memory.take() {
		return proto.ErrNotEnoughStorage
	}
	s.held[root] = sector{data, subtrees}
	return nil
}

// ReadSector implements rhp.Sectors.
func (s *Sectors) ReadSector(root types.Hash256, offset, length uint64) ([]byte, []types.Hash256, error) {
	found, ok := s.get(root)
	if !ok {
		return nil, nil, proto.ErrSectorNotFound
	}
	first, last := offset/proto.LeafSize, (offset+length+proto.LeafSize-1)/proto.LeafSize
	from, to := proto.SectorSubtreeRange(first, last)
	segment := found.data[from*proto.LeafSize : to*proto.LeafSize]
	return found.data[offset : offset+length], proto.BuildSectorProof(segment, first, last, found.subtrees), nil
}

func (s *Sectors) roots() []types.Hash256 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	roots := make([]types.Hash256, 0, len(s.held))
	for root := range s.held {
		roots = append(roots, root)
	}
	return roots
}

// forget loses a sector, or all of them when there is no root; it returns how many.
func (s *Sectors) forget(root *types.Hash256) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	var lost int
	for held := range s.held {
		if root == nil || held == *root {
			delete(s.held, held)
			s.memory.release()
			lost++
		}
	}
	return lost
}
