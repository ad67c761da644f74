package main

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

// Where figures are collected, nothing else of the administration can be had.
func TestFiguresAlone(t *testing.T) {
	handler := figuresAlone(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("administered")) }))
	for request, status := range map[[2]string]int{
		{"GET", "/metrics"}: 200, {"HEAD", "/metrics"}: 200, {"POST", "/metrics"}: 405, {"GET", "/admin/overview"}: 404, {"GET", "/"}: 404,
		{"GET", "/metrics/"}: 404, {"DELETE", "/admin/members/alice"}: 404,
	} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(request[0], request[1], nil))
		require.Equal(t, status, w.Code, request)
		require.Equal(t, status == 200, w.Body.String() == "administered", request)
	}
}
