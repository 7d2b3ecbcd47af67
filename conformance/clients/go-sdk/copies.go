package main

import (
	"fmt"
	"net/http"
	"strings"

	cos "github.com/tencentyun/cos-go-sdk-v5"
)

func source(bucket, key string) string { return hostOf(bucket) + "/" + key }

// copyTo copies within the bucket, with these headers.
func copyTo(from, to string, pairs ...string) (*cos.ObjectCopyResult, error) {
	options := &cos.ObjectCopyOptions{ObjectCopyHeaderOptions: &cos.ObjectCopyHeaderOptions{XOptionHeader: header(pairs...)}}
	answer, _, err := plain.Object.Copy(ctx, to, source(bucket, from), options)
	return answer, err
}

func copiedMeta(pairs ...string) step {
	return afterPut(func(key string) (any, error) {
		if _, err := copyTo(key, key+"-to", pairs...); err != nil {
			return nil, err
		}
		found, err := head(key + "-to")
		return seen{"meta": metaOf(found)}, err
	}, "x-cos-meta-a", "1")
}

func copyPart(key string) (any, error) {
	if _, err := put(key+"-from", part+content); err != nil {
		return nil, err
	}
	upload := initiate(key)
	parts := []cos.Object{}
	for at, wanted := range []string{fmt.Sprintf("bytes=0-%d", mib-1), fmt.Sprintf("bytes=%d-%d", mib+5, mib+7)} {
		options := &cos.ObjectCopyPartOptions{XCosCopySourceRange: wanted}
		answer, _, err := plain.Object.CopyPart(ctx, key, upload, at+1, source(bucket, key+"-from"), options)
		if err != nil {
			return nil, err
		}
		parts = append(parts, cos.Object{PartNumber: at + 1, ETag: answer.ETag})
	}
	if _, _, err := complete(key, upload, parts...); err != nil {
		return nil, err
	}
	length, err := lengthOf(key)
	if err != nil {
		return nil, err
	}
	tail, err := ends(key, "bytes=-3")
	return seen{"length": length, "ends": tail}, err
}

func copyFile(key string) (any, error) {
	if _, err := put(key, part+content); err != nil {
		return nil, err
	}
	if _, _, err := byProxy.Object.MultiCopy(ctx, key+"-to", source(bucket, key), &cos.MultiCopyOptions{PartSize: 1}); err != nil {
		return nil, err
	}
	body, err := bodyOf(key + "-to")
	return seen{"length": len(body), "same": body == part+content}, err
}

// write puts a new version of the case's object. It answers with its id.
func write(key, body string) string {
	answer, err := versions.Object.Put(ctx, key+"/k", strings.NewReader(body), nil)
	if err != nil {
		panic(err)
	}
	return answer.Header.Get("x-cos-version-id")
}

func read(key string, id ...string) (string, error) {
	body, _, err := get(versions, key+"/k", nil, id...)
	return body, err
}

func remove(key string, id ...string) http.Header {
	options := &cos.ObjectDeleteOptions{}
	if len(id) > 0 {
		options.VersionId = id[0]
	}
	answer, err := versions.Object.Delete(ctx, key+"/k", options)
	if err != nil {
		panic(err)
	}
	return answer.Header
}

func versionsOf(key string) (*cos.BucketGetObjectVersionsResult, error) {
	found, _, err := versions.Bucket.GetObjectVersions(ctx, &cos.BucketGetObjectVersionsOptions{Prefix: key + "/"})
	return found, err
}

func versioning() map[string]step {
	return map[string]step{
		"versioning-state": func(string) (any, error) {
			found, _, err := versions.Bucket.GetVersioning(ctx)
			return seen{"status": found.Status}, err
		},
		"versioning-put": func(key string) (any, error) {
			first, second := write(key, "first"), write(key, "second")
			ids := 0
			for _, id := range []string{first, second} {
				if id != "" {
					ids++
				}
			}
			body, err := read(key)
			return seen{"ids": ids, "different": first != second, "body": body}, err
		},
		"versioning-get": func(key string) (any, error) {
			first := write(key, "first")
			write(key, "second")
			body, err := read(key, first)
			return seen{"body": body}, err
		},
		"versioning-list": func(key string) (any, error) {
			write(key, "first")
			write(key, "second")
			found, err := versionsOf(key)
			if err != nil {
				return nil, err
			}
			list := [][]any{}
			for _, entry := range found.Version {
				list = append(list, []any{strings.TrimPrefix(entry.Key, key+"/"), entry.IsLatest, entry.Size})
			}
			return seen{"versions": list, "markers": len(found.DeleteMarker)}, nil
		},
		"versioning-delete": func(key string) (any, error) {
			write(key, "first")
			marker := remove(key).Get("x-cos-delete-marker")
			after, err := statusOf(versions.Object.Head(ctx, key+"/k", nil))
			if err != nil {
				return nil, err
			}
			found, err := versionsOf(key)
			return seen{"marker": orNull(marker), "after": after, "markers": len(found.DeleteMarker)}, err
		},
		"versioning-undelete": func(key string) (any, error) {
			write(key, "first")
			remove(key, remove(key).Get("x-cos-version-id"))
			body, err := read(key)
			return seen{"body": body}, err
		},
		"versioning-delete-version": func(key string) (any, error) {
			first := write(key, "first")
			write(key, "second")
			remove(key, first)
			found, err := versionsOf(key)
			if err != nil {
				return nil, err
			}
			_, err = read(key, first)
			code, err := failure(err)
			if err != nil {
				return nil, err
			}
			return seen{"left": len(found.Version), "code": code.(seen)["code"]}, nil
		},
		"versioning-copy": func(key string) (any, error) {
			first := write(key, "first")
			write(key, "second")
			if _, _, err := versions.Object.Copy(ctx, key+"/to", source(versioned, key+"/k"), nil, first); err != nil {
				return nil, err
			}
			body, _, err := get(versions, key+"/to", nil)
			return seen{"body": body}, err
		},
	}
}

func copies() map[string]step {
	steps := versioning()
	steps["copy"] = afterPut(func(key string) (any, error) {
		answer, err := copyTo(key, key+"-to")
		if err != nil {
			return nil, err
		}
		body, err := bodyOf(key + "-to")
		return seen{"etag": answer.ETag, "body": body}, err
	})
	steps["copy-odd-key"] = func(key string) (any, error) {
		if _, err := put(key+"/中 +%.txt", content); err != nil {
			return nil, err
		}
		// The SDK encodes the key of a source.
		if _, err := copyTo(key+"/中 +%.txt", key+"-to"); err != nil {
			return nil, err
		}
		body, err := bodyOf(key + "-to")
		return seen{"body": body}, err
	}
	steps["copy-keeps-meta"] = copiedMeta()
	steps["copy-replaces-meta"] = copiedMeta("x-cos-metadata-directive", "Replaced", "x-cos-meta-b", "2")
	steps["copy-missing"] = func(key string) (any, error) {
		_, err := copyTo(key, key+"-to")
		found, err := failure(err)
		if err != nil {
			return nil, err
		}
		return seen{"status": found.(seen)["status"]}, nil
	}
	steps["copy-onto-itself"] = afterPut(func(key string) (any, error) {
		_, err := copyTo(key, key)
		return failure(err)
	})
	steps["copy-condition"] = afterPut(func(key string) (any, error) {
		_, err := copyTo(key, key+"-to", "x-cos-copy-source-If-None-Match", etag)
		return failure(err)
	})
	steps["copy-part"] = copyPart
	steps["copy-file"] = copyFile
	return steps
}
