// The form `proxy` of cos-go-sdk-v5: an application that gives the SDK bucket, region and keys, and nothing else.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	cos "github.com/tencentyun/cos-go-sdk-v5"
)

const content = "123456789"

var (
	ctx    = context.Background()
	file   = bytes.Repeat([]byte(content), 400_000)
	bucket = given("BUCKET")
	region = given("REGION")
	client = newClient()
)

func given(name string) string { return os.Getenv("CONFORMANCE_" + name) }

func newClient() *cos.Client {
	target, err := cos.NewBucketURL(bucket, region, true)
	if err != nil {
		panic(err)
	}
	transport := &cos.AuthorizationTransport{SecretID: given("SECRET_ID"), SecretKey: given("SECRET_KEY")}
	return cos.NewClient(&cos.BaseURL{BucketURL: target}, &http.Client{Transport: transport})
}

func put(key string) error {
	_, err := client.Object.Put(ctx, key, strings.NewReader(content), nil)
	return err
}

func uploadFile(id string) error {
	path := filepath.Join(given("SCRATCH"), id)
	if err := os.WriteFile(path, file, 0o600); err != nil {
		return err
	}
	_, _, err := client.Object.Upload(ctx, id+"/file", path, &cos.MultiUploadOptions{PartSize: 1})
	return err
}

func keysUnder(prefix string) ([]string, error) {
	listed, _, err := client.Bucket.Get(ctx, &cos.BucketGetOptions{Prefix: prefix})
	if err != nil {
		return nil, err
	}
	keys := []string{}
	for _, object := range listed.Contents {
		keys = append(keys, strings.TrimPrefix(object.Key, prefix))
	}
	return keys, nil
}

type seen map[string]any

func upload(id string) (any, error) {
	if err := uploadFile(id); err != nil {
		return nil, err
	}
	answer, err := client.Object.Head(ctx, id+"/file", nil)
	if err != nil {
		return nil, err
	}
	return seen{"crc64": answer.Header.Get("x-cos-hash-crc64ecma")}, nil
}

func list(id string) (any, error) {
	for _, name := range []string{"b", "a"} {
		if err := put(id + "/" + name); err != nil {
			return nil, err
		}
	}
	keys, err := keysUnder(id + "/")
	return seen{"keys": keys}, err
}

func presign(id string) (any, error) {
	if err := put(id + "/file"); err != nil {
		return nil, err
	}
	made, err := client.Object.GetPresignedURL(
		ctx, http.MethodGet, id+"/file", given("SECRET_ID"), given("SECRET_KEY"), time.Hour, nil)
	if err != nil {
		return nil, err
	}
	body, err := read(made)
	name := fmt.Sprintf("%s.cos.%s.myqcloud.com", bucket, region)
	return seen{"https": made.Scheme == "https" && made.Host == name, "body": body}, err
}

func read(from *url.URL) (string, error) {
	answer, err := http.Get(from.String())
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return string(body), err
}

func download(id string) (any, error) {
	if err := uploadFile(id); err != nil {
		return nil, err
	}
	path := filepath.Join(given("SCRATCH"), id+".back")
	if _, err := client.Object.Download(ctx, id+"/file", path, &cos.MultiDownloadOptions{PartSize: 1}); err != nil {
		return nil, err
	}
	back, err := os.ReadFile(path)
	return seen{"length": len(back), "same": bytes.Equal(back, file)}, err
}

func remove(id string) (any, error) {
	if err := put(id + "/file"); err != nil {
		return nil, err
	}
	before, err := keysUnder(id + "/")
	if err != nil {
		return nil, err
	}
	if _, err := client.Object.Delete(ctx, id+"/file"); err != nil {
		return nil, err
	}
	after, err := keysUnder(id + "/")
	return seen{"before": before, "after": after}, err
}

var steps = map[string]func(id string) (any, error){
	"proxy-upload":   upload,
	"proxy-list":     list,
	"proxy-presign":  presign,
	"proxy-download": download,
	"proxy-delete":   remove,
}

func answer(id string) seen {
	run, known := steps[id]
	if !known {
		return seen{"id": id, "ok": false, "error": "the application does not know this case"}
	}
	observed, err := run(id)
	if err != nil {
		return seen{"id": id, "ok": false, "error": err.Error()}
	}
	return seen{"id": id, "ok": true, "observed": observed}
}

func main() {
	var ids []string
	if err := json.Unmarshal([]byte(given("CASES")), &ids); err != nil {
		panic(err)
	}
	for _, id := range ids {
		line, err := json.Marshal(answer(id))
		if err != nil {
			panic(err)
		}
		fmt.Println(string(line))
	}
}
