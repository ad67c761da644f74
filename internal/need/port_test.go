package need

import (
	"fmt"
	"net"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPort(t *testing.T) {
	first := Port(t)
	require.NotEqual(t, first, Port(t))
	lastGiven.Store(uint32(first - firstPort - 1))
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", first))
	require.NoError(t, err)
	defer listener.Close()
	require.NotEqual(t, first, Port(t), "it is taken")
	lastGiven.Store(uint32(first - firstPort - 2))
	require.Greater(t, Ports(t, 3), first, "the second would be taken")
	lastGiven.Store(lastPort - firstPort)
	require.LessOrEqual(t, Port(t), lastPort)
}
