# Two thirds of the time: fine, and no praise.
device-check
only good_eye_contact
0:00 speak 140
0:06 look aside
0:10 look camera
0:16 look aside
0:20 look camera
0:26 look aside
0:30 look camera
0:36 look aside
0:40 look camera
0:46 look aside
0:50 look camera
1:00 end
expect no hint good_eye_contact
