package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"

	cos "github.com/tencentyun/cos-go-sdk-v5"
)

const (
	content = "123456789"
	mib     = 1048576
	etag    = `"25f9e794323b453885f5181f1b624d0b"`
	noETag  = `"00000000000000000000000000000000"`
)

var (
	ctx       = context.Background()
	part      = strings.Repeat("p", mib)
	address   = given("ADDRESS")
	bucket    = given("BUCKET")
	versioned = given("VERSIONED_BUCKET")
	region    = given("REGION")
	plain     = clientOf(bucket, given("SECRET_ID"), given("SECRET_KEY"), false)
	versions  = clientOf(versioned, given("SECRET_ID"), given("SECRET_KEY"), false)
	// With an address of its own, the SDK presigns for that address: names need a proxy to lead to it.
	byProxy = clientOf(bucket, given("SECRET_ID"), given("SECRET_KEY"), true)
)

func given(name string) string { return os.Getenv("CONFORMANCE_" + name) }

func hostOf(bucket string) string {
	return fmt.Sprintf("%s.cos.%s.myqcloud.com", bucket, region)
}

func clientOf(bucket, id, key string, proxy bool) *cos.Client {
	host := hostOf(bucket)
	target := &url.URL{Scheme: given("SCHEME"), Host: host}
	service := &url.URL{Scheme: given("SCHEME"), Host: "service.cos.myqcloud.com"}
	inner := &http.Transport{}
	if address != "" && proxy {
		inner.Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: address})
	} else if address != "" {
		target.Host, service.Host = address, address
	}
	transport := &cos.AuthorizationTransport{SecretID: id, SecretKey: key, Transport: inner}
	client := cos.NewClient(&cos.BaseURL{BucketURL: target, ServiceURL: service}, &http.Client{Transport: transport})
	if address != "" && !proxy {
		client.Host = host
	}
	client.Conf.RetryOpt.Count = 1
	return client
}

func header(pairs ...string) *http.Header {
	out := http.Header{}
	for at := 0; at < len(pairs); at += 2 {
		out.Set(pairs[at], pairs[at+1])
	}
	return &out
}

// options of a PUT with these headers.
func options(pairs ...string) *cos.ObjectPutOptions {
	return &cos.ObjectPutOptions{ObjectPutHeaderOptions: &cos.ObjectPutHeaderOptions{XOptionHeader: header(pairs...)}}
}

func put(key, body string, pairs ...string) (*cos.Response, error) {
	return plain.Object.Put(ctx, key, strings.NewReader(body), options(pairs...))
}

func head(key string) (http.Header, error) {
	answer, err := plain.Object.Head(ctx, key, nil)
	if err != nil {
		return nil, err
	}
	return answer.Header, nil
}

func get(client *cos.Client, key string, options *cos.ObjectGetOptions, id ...string) (string, *cos.Response, error) {
	answer, err := client.Object.Get(ctx, key, options, id...)
	if err != nil {
		return "", answer, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return string(body), answer, err
}

// with makes options of a GET with these headers.
func with(pairs ...string) *cos.ObjectGetOptions {
	return &cos.ObjectGetOptions{XOptionHeader: header(pairs...)}
}

func bodyOf(key string) (string, error) {
	body, _, err := get(plain, key, nil)
	return body, err
}

func lengthOf(key string) (int, error) {
	found, err := head(key)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(found.Get("Content-Length"))
}

// failure is status and code of a call that must fail.
func failure(err error) (any, error) {
	var answer *cos.ErrorResponse
	if err == nil {
		return nil, errors.New("succeeded")
	}
	if !errors.As(err, &answer) {
		return nil, err
	}
	return seen{"status": answer.Response.StatusCode, "code": answer.Code}, nil
}

func codeOf(err error) (any, error) {
	found, err := failure(err)
	if err != nil {
		return nil, err
	}
	return seen{"code": found.(seen)["code"]}, nil
}

// statusOf is the status of an answer, be it an error or not.
func statusOf(answer *cos.Response, err error) (int, error) {
	var failed *cos.ErrorResponse
	if errors.As(err, &failed) {
		return failed.Response.StatusCode, nil
	}
	if err != nil {
		return 0, err
	}
	return answer.StatusCode, nil
}

func metaOf(found http.Header) map[string]string {
	out := map[string]string{}
	for name, values := range found {
		if rest, is := strings.CutPrefix(strings.ToLower(name), "x-cos-meta-"); is {
			out[rest] = values[0]
		}
	}
	return out
}

// orNull is null for a header that is absent.
func orNull(value string) any {
	if value == "" {
		return nil
	}
	return value
}

var code = regexp.MustCompile(`<Code>(\w+)</Code>`)

type rawAnswer struct {
	status     int
	body, code string
}

// raw is a request without the SDK, by the names of the service.
func raw(method, target, body string) (rawAnswer, error) {
	request, err := http.NewRequest(method, target, strings.NewReader(body))
	if err != nil {
		return rawAnswer{}, err
	}
	transport := &http.Transport{}
	if address != "" {
		transport.Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: address})
	}
	answer, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		return rawAnswer{}, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	out := rawAnswer{status: answer.StatusCode, body: string(text)}
	if found := code.FindStringSubmatch(out.body); found != nil {
		out.code = found[1]
	}
	return out, err
}

func oddKeys() map[string]string {
	out := map[string]string{}
	if err := json.Unmarshal([]byte(given("KEYS")), &out); err != nil {
		panic(err)
	}
	return out
}
