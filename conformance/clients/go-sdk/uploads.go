package main

import (
	"bytes"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"

	cos "github.com/tencentyun/cos-go-sdk-v5"
)

func initiate(key string) string {
	answer, _, err := plain.Object.InitiateMultipartUpload(ctx, key, nil)
	if err != nil {
		panic(err)
	}
	return answer.UploadID
}

func send(key, upload string, number int, body string) cos.Object {
	answer, err := plain.Object.UploadPart(ctx, key, upload, number, strings.NewReader(body), nil)
	if err != nil {
		panic(err)
	}
	return cos.Object{PartNumber: number, ETag: answer.Header.Get("ETag")}
}

func complete(key, upload string, parts ...cos.Object) (*cos.CompleteMultipartUploadResult, *cos.Response, error) {
	return plain.Object.CompleteMultipartUpload(ctx, key, upload, &cos.CompleteMultipartUploadOptions{Parts: parts})
}

func unfinished(key string) ([]string, error) {
	found, _, err := plain.Object.ListUploads(ctx, &cos.ObjectListUploadsOptions{Prefix: key})
	if err != nil {
		return nil, err
	}
	keys := []string{}
	for _, entry := range found.Upload {
		keys = append(keys, strings.TrimPrefix(entry.Key, key+"/"))
	}
	return keys, nil
}

func suffix(etag string) string {
	bare := strings.Trim(etag, `"`)
	return bare[len(bare)-2:]
}

func ends(key, wanted string) (string, error) {
	body, _, err := get(plain, key, &cos.ObjectGetOptions{Range: wanted})
	return body, err
}

func multipart(key string) (any, error) {
	upload := initiate(key)
	answer, _, err := complete(key, upload, send(key, upload, 1, part), send(key, upload, 2, content))
	if err != nil {
		return nil, err
	}
	length, err := lengthOf(key)
	if err != nil {
		return nil, err
	}
	tail, err := ends(key, "bytes=-9")
	return seen{"length": length, "etagSuffix": suffix(answer.ETag), "ends": tail}, err
}

func multipartCrc64(key string) (any, error) {
	upload := initiate(key)
	_, joined, err := complete(key, upload, send(key, upload, 1, part), send(key, upload, 2, content))
	if err != nil {
		return nil, err
	}
	whole, err := put(key+"/whole", part+content)
	const name = "x-cos-hash-crc64ecma"
	return seen{"same": joined.Header.Get(name) != "" && joined.Header.Get(name) == whole.Header.Get(name)}, err
}

func multipartParts(key string) (any, error) {
	upload := initiate(key)
	sent := []cos.Object{send(key, upload, 1, part), send(key, upload, 3, content)}
	found, _, err := plain.Object.ListParts(ctx, key, upload, nil)
	if err != nil {
		return nil, err
	}
	parts := [][]any{}
	for at, entry := range found.Parts {
		parts = append(parts, []any{entry.PartNumber, entry.Size, entry.ETag == sent[at].ETag})
	}
	return seen{"parts": parts}, nil
}

func multipartResume(key string) (any, error) {
	upload := initiate(key)
	send(key, upload, 1, part)
	found, _, err := plain.Object.ListParts(ctx, key, upload, nil)
	if err != nil {
		return nil, err
	}
	there := map[int]string{}
	for _, entry := range found.Parts {
		there[entry.PartNumber] = entry.ETag
	}
	sent, parts := []int{}, []cos.Object{}
	for at, body := range []string{part, content} {
		number := at + 1
		if there[number] == "" {
			there[number] = send(key, upload, number, body).ETag
			sent = append(sent, number)
		}
		parts = append(parts, cos.Object{PartNumber: number, ETag: there[number]})
	}
	if _, _, err := complete(key, upload, parts...); err != nil {
		return nil, err
	}
	length, err := lengthOf(key)
	return seen{"sent": sent, "length": length}, err
}

func makeFile(key string) (string, []byte, error) {
	body := make([]byte, 3*mib+9)
	if _, err := rand.Read(body); err != nil {
		return "", nil, err
	}
	path := filepath.Join(given("SCRATCH"), key)
	return path, body, os.WriteFile(path, body, 0o600)
}

var inParts = &cos.MultiUploadOptions{PartSize: 1, ThreadPoolSize: 2, CheckPoint: true}

func uploadFile(key string) (any, error) {
	path, body, err := makeFile(key)
	if err != nil {
		return nil, err
	}
	if _, _, err := plain.Object.Upload(ctx, key, path, inParts); err != nil {
		return nil, err
	}
	download := &cos.MultiDownloadOptions{PartSize: 1, ThreadPoolSize: 2}
	if _, err := plain.Object.Download(ctx, key, path+".back", download); err != nil {
		return nil, err
	}
	back, err := os.ReadFile(path + ".back")
	return seen{"length": len(back), "same": bytes.Equal(back, body)}, err
}

func uploadFileResume(key string) (any, error) {
	path, body, err := makeFile(key)
	if err != nil {
		return nil, err
	}
	send(key, initiate(key), 1, string(body[:mib]))
	if _, _, err := plain.Object.Upload(ctx, key, path, inParts); err != nil {
		return nil, err
	}
	left, err := unfinished(key)
	if err != nil {
		return nil, err
	}
	found, err := head(key)
	return seen{"unfinished": left, "etagSuffix": suffix(found.Get("ETag"))}, err
}

func add(key string, position int, body string) (int, error) {
	next, _, err := plain.Object.Append(ctx, key, position, strings.NewReader(body), nil)
	return next, err
}

func uploads() map[string]step {
	return map[string]step{
		"multipart":        multipart,
		"multipart-crc64":  multipartCrc64,
		"multipart-parts":  multipartParts,
		"multipart-resume": multipartResume,
		"multipart-uploads": func(key string) (any, error) {
			initiate(key + "/b")
			initiate(key + "/a")
			keys, err := unfinished(key)
			return seen{"keys": keys}, err
		},
		"multipart-abort": func(key string) (any, error) {
			upload := initiate(key)
			if _, err := plain.Object.AbortMultipartUpload(ctx, key, upload); err != nil {
				return nil, err
			}
			_, _, err := plain.Object.ListParts(ctx, key, upload, nil)
			return failure(err)
		},
		"multipart-small-part": func(key string) (any, error) {
			upload := initiate(key)
			_, _, err := complete(key, upload, send(key, upload, 1, content), send(key, upload, 2, content))
			return failure(err)
		},
		"multipart-wrong-etag": func(key string) (any, error) {
			upload := initiate(key)
			send(key, upload, 1, content)
			_, _, err := complete(key, upload, cos.Object{PartNumber: 1, ETag: noETag})
			return failure(err)
		},
		"upload-file":        uploadFile,
		"upload-file-resume": uploadFileResume,
		"append": func(key string) (any, error) {
			first, err := add(key, 0, content)
			if err != nil {
				return nil, err
			}
			second, err := add(key, first, " added")
			if err != nil {
				return nil, err
			}
			body, err := bodyOf(key)
			return seen{"positions": []int{first, second}, "body": body}, err
		},
		"append-type": func(key string) (any, error) {
			if _, err := add(key, 0, content); err != nil {
				return nil, err
			}
			found, err := head(key)
			return seen{"type": orNull(found.Get("x-cos-object-type"))}, err
		},
		"append-wrong-position": func(key string) (any, error) {
			if _, err := add(key, 0, content); err != nil {
				return nil, err
			}
			_, err := add(key, 5, content)
			return codeOf(err)
		},
		"append-normal": afterPut(func(key string) (any, error) {
			_, err := add(key, 9, content)
			return codeOf(err)
		}),
	}
}
