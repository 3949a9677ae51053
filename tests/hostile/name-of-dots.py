# tries: a student's name that climbs out of folders.
# student: "a%2f..%2fgradebook"
# broken: this is no student's name
