package main

import (
	"context"
	"net/http"

	"bonafide.example/internal/web"
	"bonafide.example/issuer"
)

// adminClient speaks to a site's administration, wherever it is, and takes what an import reads.
type adminClient struct {
	*web.AdminClient
}

// call sends a request to the administration and reads its answer, the zero T if that is empty.
func call[T any](ctx context.Context, c *adminClient, method, path string, body any) (T, error) {
	return web.CallAdmin[T](ctx, c.AdminClient, method, path, body)
}

// RecordBatch implements [issuer.Sink].
func (c *adminClient) RecordBatch(ctx context.Context, batch issuer.Batch) (int, error) {
	answer, err := call[issuer.Recorded](ctx, c, http.MethodPost, web.AdminPath("imports", batch.Import), batch)
	return answer.Recorded, err
}

// ImportedRows implements [issuer.Sink].
func (c *adminClient) ImportedRows(ctx context.Context, id string) (int64, error) {
	answer, err := call[issuer.Imported](ctx, c, http.MethodGet, web.AdminPath("imports", id), nil)
	return answer.Rows, err
}
