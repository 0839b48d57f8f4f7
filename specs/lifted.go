// The lifted document, for those who read it with another loader.

package specs

// Lifted returns a document as YAML in which every entry of x-ms-paths stands among the paths, under its LiftedKey.
// Comments and the lines of the original are gone.
func Lifted(data []byte) ([]byte, error) {
	lifted, _, err := lift(data)
	return lifted, err
}

// LiftedKey is the path that an entry of x-ms-paths has in Doc.Paths: /licenses?name={name}&value={value} becomes
// /licenses#name&value, and /l/{k}?batch=true becomes /l/{k}#batch=true.
func LiftedKey(key string) (string, error) { return liftedKey(key) }
